//! `#[measured(…)]`: a function that says how long it takes, how often it is called and how often it fails.
//!
//! `arguments` reads what to measure, `work` finds the work in a function: its block, or, where it returns a future, the
//! block of that future. Here the measured block is written around it.

mod arguments;
mod output;
mod work;

use arguments::{Errors, Measures};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, ItemFn, ReturnType, Stmt, Type};
use work::Work;

pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    match try_expand(attribute, item) {
        Ok(tokens) => tokens,
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#error #item)
        }
    }
}

fn try_expand(attribute: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    let measures: Measures = syn::parse2(attribute)?;
    let mut function: ItemFn = syn::parse2(item.clone()).map_err(|error| no_function(item, error))?;
    if let Some(constness) = &function.sig.constness {
        let message = "a `const fn` can't be measured: it may run in the compiler";
        return Err(Error::new(constness.span(), message));
    }
    if let (Some(errors), ReturnType::Default) = (&measures.errors, &function.sig.output) {
        return Err(Error::new(errors.span(), "`errors` counts `Err`s, and this function returns nothing"));
    }
    let work = Work::of(&mut function)?;
    let statements = statements(&measures, &work);
    work.replace(statements);
    Ok(quote!(#function))
}

/// What to say about an item that is not a function with a body.
fn no_function(item: &TokenStream, error: Error) -> Error {
    let is_declaration =
        syn::parse2::<syn::TraitItemFn>(item.clone()).is_ok_and(|item| item.default.is_none());
    if is_declaration {
        Error::new(item.span(), "there is nothing to measure here: put the attribute on the implementations")
    } else {
        error
    }
}

/// The statements that measure the work.
fn statements(measures: &Measures, work: &Work<'_>) -> TokenStream {
    // Names that what the user wrote neither sees nor hides.
    let name = |name| Ident::new(name, Span::mixed_site());
    let (timer, result, errors, error) = (name("timer"), name("result"), name("errors"), name("error"));
    let call = measures.calls.iter().map(|calls| quote_spanned!(calls.span()=> (#calls).inc();));
    let start = measures
        .duration
        .iter()
        .map(|duration| quote_spanned!(duration.span()=> let #timer = (#duration).start_timer();));
    let begin = quote!(#(#call)* #(#start)*);
    let (choose, pattern, count) = match &measures.errors {
        None => {
            let statements = &work.block.stmts;
            return quote!(#begin #(#statements)*);
        }
        // Chosen before the work, which may move what the choice depends on.
        Some(Errors::Series(series)) => (
            quote_spanned!(series.span()=> let #errors = &(#series);),
            quote!(_),
            quote_spanned!(series.span()=> #errors.inc();),
        ),
        Some(Errors::Of(closure)) => (TokenStream::new(), quote!(#error), count_of(closure, &error)),
    };
    let run = run(work);
    let failed = quote_spanned!(work.output_span()=> let ::core::result::Result::Err(#pattern) = &#result);
    quote! {
        #begin
        #choose
        let #result = #run;
        if #failed {
            #count
        }
        #result
    }
}

/// Counts an error in the series that a closure chooses for it.
fn count_of(closure: &Expr, error: &Ident) -> TokenStream {
    // Through a function, so that the type of the closure's argument is known before its body is looked at.
    quote_spanned! {closure.span()=>
        fn __series_of<E, S>(error: &E, choose: impl ::core::ops::FnOnce(&E) -> S) -> S {
            choose(error)
        }
        __series_of(#error, #closure).inc();
    }
}

/// Runs the work as a block of its own, so that `?` and `return` in it come by here.
fn run(work: &Work<'_>) -> TokenStream {
    let block = &*work.block;
    let output = work.output.as_ref();
    if work.is_async {
        let capture = work.capture;
        let hint = output.map(hint);
        return quote!((async #capture { #hint #block }).await);
    }
    let output = output.map(|output| quote!(-> #output));
    quote! {
        {
            // The bound tells the compiler that the closure runs once, so that it may give away what it borrows mutably.
            fn __once<T>(work: impl ::core::ops::FnOnce() -> T) -> T {
                work()
            }
            __once(move || #output #block)
        }
    }
}

/// Says of which type the value of an `async` block is, which has no syntax for that.
fn hint(output: &Type) -> Stmt {
    syn::parse_quote_spanned! {output.span()=>
        if let ::core::option::Option::Some(output) = ::core::option::Option::None::<#output> {
            return output;
        }
    }
}
