//! What the attribute says.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Token};

/// `duration = EXPR, calls = EXPR, errors = EXPR`, each at most once, at least one.
pub(super) struct Measures {
    pub(super) duration: Option<Expr>,
    pub(super) calls: Option<Expr>,
    pub(super) errors: Option<Errors>,
}

/// Where errors are counted.
pub(super) enum Errors {
    /// All in one series.
    Series(Expr),
    /// Each in the series that this closure chooses.
    Of(Expr),
}

impl Errors {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Series(expr) | Self::Of(expr) => expr.span(),
        }
    }
}

impl Parse for Measures {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut duration, mut calls, mut errors) = (None, None, None);
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let slot = match name.to_string().as_str() {
                "duration" => &mut duration,
                "calls" => &mut calls,
                "errors" => &mut errors,
                _ => return Err(Error::new(name.span(), "there are `duration`, `calls` and `errors`")),
            };
            if slot.replace(input.parse::<Expr>()?).is_some() {
                return Err(Error::new(name.span(), "this is given twice"));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if duration.is_none() && calls.is_none() && errors.is_none() {
            return Err(
                input.error("say what to measure, as in `#[measured(duration = KPIS.analyze_duration)]`")
            );
        }
        let errors = errors.map(|expr| match expr {
            Expr::Closure(_) => Errors::Of(expr),
            expr => Errors::Series(expr),
        });
        Ok(Self { duration, calls, errors })
    }
}
