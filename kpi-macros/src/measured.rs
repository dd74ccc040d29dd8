//! `#[measured(…)]`: a function that says how long it takes, how often it is called and how often it fails.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, ItemFn, ReturnType, Token};

/// `duration = EXPR, calls = EXPR, errors = EXPR`, each at most once, at least one.
struct Measures {
    duration: Option<Expr>,
    calls: Option<Expr>,
    errors: Option<Expr>,
}

impl Parse for Measures {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut measures = Self { duration: None, calls: None, errors: None };
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let slot = match name.to_string().as_str() {
                "duration" => &mut measures.duration,
                "calls" => &mut measures.calls,
                "errors" => &mut measures.errors,
                _ => return Err(Error::new(name.span(), "there are `duration`, `calls` and `errors`")),
            };
            if slot.replace(input.parse()?).is_some() {
                return Err(Error::new(name.span(), "this is given twice"));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        match measures {
            Self { duration: None, calls: None, errors: None } => {
                Err(input.error("say what to measure, as in `#[measured(duration = KPIS.analyze_duration)]`"))
            }
            measures => Ok(measures),
        }
    }
}

pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    match try_expand(attribute, item.clone()) {
        Ok(tokens) => tokens,
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#error #item)
        }
    }
}

fn try_expand(attribute: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let Measures { duration, calls, errors } = syn::parse2(attribute)?;
    let ItemFn { attrs, vis, sig, block, .. } = syn::parse2(item)?;
    if let Some(constness) = &sig.constness {
        return Err(Error::new(
            constness.span(),
            "a `const fn` can't be measured: it may run in the compiler",
        ));
    }
    if let (Some(errors), ReturnType::Default) = (&errors, &sig.output) {
        return Err(Error::new(errors.span(), "`errors` counts `Err`s, and this function returns nothing"));
    }
    // Names that what the user wrote neither sees nor hides.
    let [timer, ok, error] = ["timer", "ok", "error"].map(|name| Ident::new(name, Span::mixed_site()));
    let start =
        duration.map(|duration| quote_spanned!(duration.span()=> let #timer = (#duration).start_timer();));
    let call = calls.map(|calls| quote_spanned!(calls.span()=> (#calls).inc();));
    let body = match errors {
        None => quote!(#block),
        Some(errors) => {
            // A block of its own, so that `?` and `return` in the body come by here.
            let result = if sig.asyncness.is_some() {
                quote!((async move #block).await)
            } else {
                quote!((move || #block)())
            };
            let count = quote_spanned!(errors.span()=> (#errors).inc(););
            quote! {
                match #result {
                    ::core::result::Result::Ok(#ok) => ::core::result::Result::Ok(#ok),
                    ::core::result::Result::Err(#error) => {
                        #count
                        ::core::result::Result::Err(#error)
                    }
                }
            }
        }
    };
    Ok(quote! {
        #(#attrs)* #vis #sig {
            #call
            #start
            #body
        }
    })
}
