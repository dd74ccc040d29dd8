//! Where Prometheus sends what it has scraped and recorded.

use super::decode::Cx;
use super::receiver::inline_secret;
use super::ruler::tenant;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Spanned;
use crate::syntax::{Fields, Node};

/// One entry of `remote_write:`. Secrets are only ever named as files.
#[derive(Debug)]
pub struct RemoteWrite {
    /// The address that takes samples.
    pub url: Spanned<String>,
    /// What Prometheus' own metrics call it; a hash when not said.
    pub name: Option<Spanned<String>>,
    /// The tenant of Mimir that the samples are for.
    pub tenant: Option<String>,
    /// File with a token.
    pub bearer_token_file: Option<String>,
    /// A user, and the file with the password.
    pub user: Option<(String, String)>,
}

impl RemoteWrite {
    /// A list of `{url, name, tenant, bearer_token_file, username, password_file}`.
    pub(crate) fn decode_all(node: Option<&Node>, cx: &mut Cx<'_>) -> Vec<Self> {
        let Some(node) = node else { return Vec::new() };
        let mut all: Vec<Self> = Vec::new();
        for item in node.items("addresses to write to", cx.out) {
            let Some(one) = Self::decode(item, cx) else { continue };
            let same = |other: &&Self| match (&other.name, &one.name) {
                (Some(other), Some(name)) => other.value == name.value,
                (None, None) => other.url.value == one.url.value,
                _ => false,
            };
            if let Some(first) = all.iter().find(same) {
                let again = one.name.as_ref().unwrap_or(&one.url);
                cx.out.push(
                    Diagnostic::error(
                        codes::REMOTE_WRITE,
                        again.span,
                        format!("`{again}` is written to twice"),
                    )
                    .also(first.name.as_ref().unwrap_or(&first.url).span, "the first one")
                    .help("give each a `name` of its own"),
                );
                continue;
            }
            all.push(one);
        }
        all
    }

    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "an entry of `remote_write`", cx.out)?;
        let url = cx.text(fields.required("url"));
        let name = cx.text(fields.optional("name"));
        let tenant = tenant(fields.optional("tenant"), cx);
        inline_secret(&mut fields, "bearer_token_file", &["bearer_token", "credentials"], cx);
        inline_secret(&mut fields, "password_file", &["password"], cx);
        let bearer_token_file = cx.words(fields.optional("bearer_token_file"));
        let user_at = fields.entry("username").map(|entry| entry.at);
        let username = cx.words(fields.optional("username"));
        let password_file = cx.words(fields.optional("password_file"));
        let head = fields.head();
        fields.finish(cx.out);
        let fault = match (&bearer_token_file, &username, &password_file) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Some((
                "a token and a password are one too many",
                "keep one of `bearer_token_file` and `username`",
            )),
            (_, Some(_), None) => Some(("a user without a password", "add `password_file:`")),
            (_, None, Some(_)) => Some(("a password without a user", "add `username:`")),
            _ => None,
        };
        if let Some((message, help)) = fault {
            let at = user_at.unwrap_or(head);
            cx.out.push(Diagnostic::error(codes::REMOTE_WRITE, at, message).help(help));
        }
        let url = cx.address(url?, "an address to write to");
        Some(Self { url, name, tenant, bearer_token_file, user: username.zip(password_file) })
    }
}
