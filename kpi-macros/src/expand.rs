//! The macros that read a registry: find it, load it, hand the text on to the compiler.

use crate::arguments::{Arguments, Fault};
use kpi_registry::codegen::{Expansion, Options, Want};
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use std::env;
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(crate) fn kpis(input: TokenStream) -> TokenStream {
    expand(input, Want::Code)
}

pub(crate) fn emitted(input: TokenStream) -> TokenStream {
    expand(input, Want::Check)
}

fn expand(input: TokenStream, want: Want) -> TokenStream {
    match Arguments::parse(input) {
        Ok(Arguments { agent: None, span, .. }) if want == Want::Check => {
            compile_error("name the agent whose KPIs must be emitted, as in `agent = \"neuros\"`", span)
        }
        Ok(arguments) => {
            let place = Place::of(arguments.span);
            let options = place.options(&arguments, want);
            let path = place.directory.join(&arguments.path);
            tokens(&kpi_registry::codegen::expand(&path, &options, want), arguments.span)
        }
        Err(Fault { span, message }) => compile_error(&message, span),
    }
}

fn tokens(expansion: &Expansion, span: Span) -> TokenStream {
    let mut tokens = match expansion.code.parse::<TokenStream>() {
        Ok(tokens) => tokens,
        Err(error) => compile_error(&format!("generated code can't be read: {error}"), span),
    };
    tokens.extend(expansion.errors.iter().map(|error| compile_error(error, span)));
    tokens.extend(watch(&expansion.registry_files));
    tokens.extend(watch(&expansion.searched));
    tokens
}

/// Where the macro stands.
struct Place {
    /// The file it is written in; some editors don't tell.
    file: Option<PathBuf>,
    /// What its path is relative to: the directory of the file, else that of the package.
    directory: PathBuf,
    /// The directory of the package.
    package: PathBuf,
}

impl Place {
    fn of(span: Span) -> Self {
        let current = env::current_dir().unwrap_or_default();
        let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| current.clone(), PathBuf::from);
        let file = span.local_file().or_else(|| Span::call_site().local_file());
        // Paths of files are relative to the directory that the compiler was started in.
        let file = file.map(|file| current.join(file));
        // Where a tool does not tell, most files stand in `src`.
        let directory =
            file.as_deref().and_then(Path::parent).map_or_else(|| package.join("src"), Path::to_owned);
        Self { file, directory, package }
    }

    fn options(&self, arguments: &Arguments, want: Want) -> Options {
        let mut emitted_in = match &arguments.emitted_in {
            Some(places) => places.iter().map(|place| self.package.join(place)).collect(),
            None => vec![self.own_sources()],
        };
        if want == Want::Check && emitted_in.is_empty() {
            emitted_in.push(self.own_sources());
        }
        let default = Options::default();
        Options {
            agent: arguments.agent.clone(),
            runtime: arguments.runtime.clone().unwrap_or(default.runtime),
            emitted_in,
        }
    }

    /// `src` if the macro stands in it. A test or an example is a program of its own: the directory that has its `main.rs`,
    /// or the file alone.
    fn own_sources(&self) -> PathBuf {
        let src = self.package.join("src");
        match &self.file {
            Some(file) if !is_below(file, &src) => {
                let inside =
                    |directory: &&Path| **directory != self.package && is_below(directory, &self.package);
                let mut directories = file.ancestors().skip(1).take_while(inside);
                let own = directories.find(|directory| directory.join("main.rs").is_file());
                own.unwrap_or(file).to_owned()
            }
            _ => src,
        }
    }
}

fn is_below(file: &Path, directory: &Path) -> bool {
    match (file.canonicalize(), directory.canonicalize()) {
        (Ok(file), Ok(directory)) => file.starts_with(directory),
        _ => file.starts_with(directory),
    }
}

/// Makes the compiler read the files, so that cargo knows what this depends on. The bytes go nowhere.
fn watch(files: &[PathBuf]) -> TokenStream {
    let mut items = String::new();
    for file in files.iter().filter_map(|file| file.to_str()) {
        // Writing into a String never fails.
        let _ = writeln!(items, "const _: &[::core::primitive::u8] = ::core::include_bytes!({file:?});");
    }
    items.parse().unwrap_or_default()
}

/// `::core::compile_error! { "message" }`, all of it at one place.
fn compile_error(message: &str, span: Span) -> TokenStream {
    let punct = |c, spacing| TokenTree::Punct(Punct::new(c, spacing));
    let path = [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        TokenTree::Ident(Ident::new("core", span)),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        TokenTree::Ident(Ident::new("compile_error", span)),
        punct('!', Spacing::Alone),
    ];
    let message = TokenTree::Literal(Literal::string(message));
    let group = TokenTree::Group(Group::new(Delimiter::Brace, message.into()));
    let at_span = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    path.into_iter().chain([group]).map(at_span).collect()
}
