//! Types of values, as functions write them.

use syn::{GenericArgument, PathArguments, Token, Type, TypeInfer, TypeParamBound};

/// A future that a function returns.
pub(super) struct Future {
    /// The type of its value, with `_` for what has no name.
    pub(super) output: Option<Type>,
}

/// The future that a type is, by its name: `impl Future`, `Pin<Box<dyn Future>>`, or one of `futures`' two names for that.
pub(super) fn future_output(ty: &Type) -> Option<Future> {
    match ty {
        Type::ImplTrait(it) => it.bounds.iter().find_map(future_bound),
        Type::TraitObject(it) => it.bounds.iter().find_map(future_bound),
        Type::Paren(inner) => future_output(&inner.elem),
        Type::Group(inner) => future_output(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            if last.ident == "Pin" || last.ident == "Box" {
                future_output(types.next()?)
            } else if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                Some(Future { output: types.next().map(erased) })
            } else {
                None
            }
        }
        _ => None,
    }
}

fn future_bound(bound: &TypeParamBound) -> Option<Future> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some(Future { output: None });
    };
    let output = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(it) if it.ident == "Output" => Some(erased(&it.ty)),
        _ => None,
    });
    Some(Future { output })
}

/// A type with `_` for every `impl Trait`, which can't be written where a type is only repeated.
pub(super) fn erased(ty: &Type) -> Type {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(it) => {
            let underscore_token = Token![_](it.impl_token.span);
            *ty = Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token });
        }
        Type::Array(it) => erase(&mut it.elem),
        Type::Slice(it) => erase(&mut it.elem),
        Type::Reference(it) => erase(&mut it.elem),
        Type::Ptr(it) => erase(&mut it.elem),
        Type::Paren(it) => erase(&mut it.elem),
        Type::Group(it) => erase(&mut it.elem),
        Type::Tuple(it) => it.elems.iter_mut().for_each(erase),
        Type::Path(it) => {
            for segment in &mut it.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            erase(ty);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}
