//! Where a function does its work.
//!
//! A function that returns a future has done nothing when it returns: its work is the `async` block it ends with. So is
//! that of a method that `async_trait` has rewritten.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Block, Error, Expr, ItemFn, ReturnType, Stmt, Token, Type};

use super::output::{erased, future_output};

/// The work, and what is known of it.
pub(super) struct Work<'f> {
    pub(super) block: &'f mut Block,
    pub(super) is_async: bool,
    /// Whether an `async` block of this function moves what it uses. An `async fn` does.
    pub(super) capture: Option<Token![move]>,
    /// The type of its value, with `_` for what has no name; `None` where it is not written down.
    pub(super) output: Option<Type>,
    output_span: Span,
}

impl<'f> Work<'f> {
    pub(super) fn of(function: &'f mut ItemFn) -> syn::Result<Self> {
        let ItemFn { sig, block, .. } = function;
        let is_async = sig.asyncness.is_some();
        let output_span = match &sig.output {
            ReturnType::Default => sig.ident.span(),
            ReturnType::Type(_, output) => output.span(),
        };
        let whole = |block, output| {
            let capture = is_async.then(|| Token![move](output_span));
            Self { block, is_async, capture, output, output_span }
        };
        let ReturnType::Type(_, output) = &sig.output else { return Ok(whole(block, None)) };
        let future = if is_async { None } else { future_output(output) };
        let Some(future) = future else { return Ok(whole(block, Some(erased(output)))) };
        let at = block.stmts.last().map_or_else(|| block.span(), Spanned::span);
        let last = match block.stmts.last_mut() {
            Some(Stmt::Expr(last, None)) => async_block(last),
            _ => None,
        };
        let Some(last) = last else {
            let message = "this would only measure how long it takes to make the future: write an `async fn`, or end \
                           with an `async` block, which may stand in `Box::pin(..)`";
            return Err(Error::new(at, message));
        };
        let capture = last.capture;
        Ok(Self { block: &mut last.block, is_async: true, capture, output: future.output, output_span })
    }

    /// Where the type of the value is written.
    pub(super) fn output_span(&self) -> Span {
        self.output_span
    }

    /// Puts these statements in the place of the work.
    pub(super) fn replace(self, statements: TokenStream) {
        self.block.stmts = vec![Stmt::Expr(Expr::Verbatim(statements), None)];
    }
}

/// The `async` block of `async {..}`, `Box::pin(async {..})` or `async {..}.boxed()`.
fn async_block(expr: &mut Expr) -> Option<&mut syn::ExprAsync> {
    match expr {
        Expr::Async(block) => Some(block),
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let is_pin = function.path.segments.last().is_some_and(|last| last.ident == "pin");
            if is_pin && call.args.len() == 1 { async_block(call.args.first_mut()?) } else { None }
        }
        Expr::MethodCall(call) if call.method == "boxed" || call.method == "boxed_local" => {
            async_block(&mut call.receiver)
        }
        Expr::Paren(inner) => async_block(&mut inner.expr),
        Expr::Group(inner) => async_block(&mut inner.expr),
        _ => None,
    }
}
