//! Functions and aggregations.

use super::{Parser, Part, Place, Places, Result, SyntaxError, described};
use crate::promql::{Aggregate, AggregateOp, Argument, Expr, Function, Grouping, Precedence};
use crate::suggest::nearest;

impl Parser<'_> {
    pub(super) fn aggregate(&mut self, op: AggregateOp) -> Result<Part> {
        let at = self.here();
        self.advance();
        let before = self.grouping()?;
        let mut arguments = self.arguments()?;
        let after = if before.is_none() { self.grouping()? } else { None };
        let (grouping, labels) = before.or(after).unwrap_or_default();
        let wanted = 1 + usize::from(op.has_parameter());
        let whole = at.start..self.reached();
        if arguments.len() != wanted {
            let message = format!("`{}` takes {}, not {}", op.as_str(), counted(wanted), arguments.len());
            return Err(SyntaxError::new(at, message));
        }
        let chain = self.chain(&arguments)?;
        let operands = arguments.iter().map(|part| part.places.clone()).collect();
        let places = Places { at: whole, head: at, labels, operands, ..Places::default() };
        let expr = arguments.pop();
        let parameter = arguments.pop();
        if let Some(parameter) = &parameter {
            let wanted = if op == AggregateOp::CountValues { Argument::Text } else { Argument::Scalar };
            self.check_argument(op.as_str(), wanted, parameter);
        }
        let Some(expr) = expr else { return Err(self.unexpected("a value")) };
        self.check_argument(op.as_str(), Argument::Vector, &expr);
        let aggregate =
            Aggregate { op, parameter: parameter.map(|part| part.expr), grouping, expr: expr.expr };
        let expr = Expr::Aggregate(Box::new(aggregate));
        Ok(Part { expr, kind: Argument::Vector, places, chain, is_open: false })
    }

    fn grouping(&mut self) -> Result<Option<(Grouping, Vec<Place>)>> {
        let make = if self.take_word("by") {
            Grouping::By
        } else if self.take_word("without") {
            Grouping::Without
        } else {
            return Ok(None);
        };
        let (labels, places) = self.labels()?;
        Ok(Some((make(labels), places)))
    }

    fn arguments(&mut self) -> Result<Vec<Part>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.is(")") {
            arguments.push(self.nested(|parser| parser.operation(Precedence::Union))?);
            if !self.take(",") {
                break;
            }
            if self.is(")") {
                return Err(self.unexpected("an argument"));
            }
        }
        self.expect(")")?;
        Ok(arguments)
    }

    pub(super) fn call(&mut self, name: &str) -> Result<Part> {
        let at = self.here();
        let function = self.function(name)?;
        self.advance();
        let arguments = self.arguments()?;
        let signature = function.signature();
        let most = signature.arguments.len();
        let least = most - signature.optional;
        if arguments.len() < least || (arguments.len() > most && !signature.variadic) {
            let wanted = if signature.variadic {
                format!("at least {}", counted(least))
            } else if least == most {
                counted(most)
            } else {
                format!("{least} to {}", counted(most))
            };
            return Err(SyntaxError::new(at, format!("`{name}` takes {wanted}, not {}", arguments.len())));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let wanted = signature.arguments.get(index).or(signature.arguments.last());
            if let Some(wanted) = wanted {
                self.check_argument(name, *wanted, argument);
            }
        }
        let chain = self.chain(&arguments)?;
        let (arguments, operands) = arguments.into_iter().map(|part| (part.expr, part.places)).unzip();
        let expr = Expr::Call(function, arguments);
        let places = Places { at: at.start..self.reached(), head: at, operands, ..Places::default() };
        Ok(Part { expr, kind: signature.result, places, chain, is_open: false })
    }

    fn function(&self, name: &str) -> Result<Function> {
        let version = self.dialect.version;
        let error = |message: String| SyntaxError::new(self.here(), message);
        let exists = |function: &Function| {
            function.since().is_none_or(|(major, minor)| self.dialect.has(major, minor))
                && function.until().is_none_or(|(major, minor)| !self.dialect.has(major, minor))
        };
        match Function::parse(name) {
            Some(function) if exists(&function) => Ok(function),
            Some(function) => {
                let when = match function.since() {
                    Some((major, minor)) => format!("came with Prometheus {major}.{minor}"),
                    None => "is gone".to_owned(),
                };
                Err(error(format!("`{name}` {when}, and the registry declares {version}"))
                    .help("use another function, or declare the version under `prometheus:`"))
            }
            None => {
                let known =
                    Function::ALL.iter().filter(|function| exists(function)).map(|known| known.as_str());
                let known = known.chain(AggregateOp::ALL.iter().map(|op| op.as_str()));
                let meant = nearest(name, known);
                let end = meant.map_or(String::new(), |meant| format!(", did you mean `{meant}`?"));
                let mut error = error(format!("Prometheus {version} has no function `{name}`{end}"));
                error.instead = meant.map(str::to_owned);
                Err(error)
            }
        }
    }

    fn check_argument(&mut self, of: &str, wanted: Argument, argument: &Part) {
        if argument.kind == wanted {
            return;
        }
        let message = format!("`{of}` takes {}, and this is {}", described(wanted), described(argument.kind));
        let error = SyntaxError::new(argument.places.at.clone(), message);
        let help = match (wanted, argument.kind, &argument.expr) {
            (Argument::Range, Argument::Vector, Expr::Selector(_)) => "add a range, such as `[5m]`",
            (Argument::Range, Argument::Vector, _) => "add the range of a subquery, such as `[1h:]`",
            (Argument::Vector, Argument::Range, _) => {
                "remove the range, or take a function of it, such as `rate`"
            }
            (Argument::Vector, Argument::Scalar, _) => "write `vector(…)` around the number",
            (Argument::Scalar, Argument::Vector, _) => "write `scalar(…)` around what has one series",
            (Argument::Text, _, _) => "put the text in quotes",
            _ => return self.errors.push(error),
        };
        self.errors.push(error.help(help));
    }
}

fn counted(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        many => format!("{many} arguments"),
    }
}
