//! Operators and their operands.

use super::{Parser, Part, Place, Places, Result, SyntaxError, Token};
use crate::promql::{Argument, Binary, BinaryOp, Expr, GroupSide, MatchOn, Matching, Precedence};

impl Parser<'_> {
    /// Operators that bind at least so tightly, and their operands.
    pub(super) fn operation(&mut self, loosest: Precedence) -> Result<Part> {
        let mut left = self.signed()?;
        while let Some(op) = self.operator().filter(|op| op.precedence() >= loosest) {
            let at = self.here();
            self.advance();
            let returns_bool = self.take_word("bool");
            let (matching, labels) = self.matching()?;
            let tighter = match op.precedence() {
                Precedence::Union => Precedence::Intersection,
                Precedence::Intersection => Precedence::Comparison,
                Precedence::Comparison => Precedence::Sum,
                Precedence::Sum => Precedence::Product,
                // The one operator that groups from the right.
                Precedence::Product | Precedence::Sign | Precedence::Power | Precedence::Primary => {
                    Precedence::Power
                }
            };
            let right = self.nested(|parser| parser.operation(tighter))?;
            self.check_operands(op, &at, returns_bool, matching.as_ref(), &left, &right);
            let kind = match (left.kind, right.kind) {
                (Argument::Scalar, Argument::Scalar) => Argument::Scalar,
                _ => Argument::Vector,
            };
            let chain = self.chain([&left, &right])?;
            let whole = left.places.at.start..right.places.at.end;
            let operands = vec![left.places, right.places];
            let places = Places { at: whole, head: at, labels, operands, ..Places::default() };
            let binary = Binary { op, returns_bool, matching, left: left.expr, right: right.expr };
            left = Part { expr: Expr::Binary(Box::new(binary)), kind, places, chain, is_open: false };
        }
        Ok(left)
    }

    fn operator(&self) -> Option<BinaryOp> {
        let word = match self.peek() {
            Token::Sign(sign) => sign,
            Token::Name => self.written(),
            _ => return None,
        };
        BinaryOp::ALL.iter().copied().find(|op| op.as_str().eq_ignore_ascii_case(word))
    }

    /// `on (…)` or `ignoring (…)`, and `group_left (…)` or `group_right (…)`.
    fn matching(&mut self) -> Result<(Option<Matching>, Vec<Place>)> {
        let make = if self.take_word("on") {
            MatchOn::On
        } else if self.take_word("ignoring") {
            MatchOn::Ignoring
        } else {
            return Ok((None, Vec::new()));
        };
        let (labels, mut places) = self.labels()?;
        let side = if self.take_word("group_left") {
            Some(GroupSide::Left)
        } else if self.take_word("group_right") {
            Some(GroupSide::Right)
        } else {
            None
        };
        let group = match side {
            Some(side) if self.is("(") => {
                let (labels, taken) = self.labels()?;
                places.extend(taken);
                Some((side, labels))
            }
            side => side.map(|side| (side, Vec::new())),
        };
        Ok((Some(Matching { on: make(labels), group }), places))
    }

    fn check_operands(
        &mut self,
        op: BinaryOp,
        at: &Place,
        returns_bool: bool,
        matching: Option<&Matching>,
        left: &Part,
        right: &Part,
    ) {
        for operand in [left, right] {
            self.check_value(operand, &format!("`{}` works on values", op.as_str()));
        }
        let scalars = [left, right].iter().filter(|operand| operand.kind == Argument::Scalar).count();
        if op.is_set() && scalars > 0 {
            let message =
                format!("`{}` works on sets of series, and one side is a single number", op.as_str());
            self.errors
                .push(SyntaxError::new(at.clone(), message).help("write `vector(…)` around the number"));
        }
        if returns_bool && !op.is_comparison() {
            self.complain(at, format!("only comparisons take `bool`, and `{}` is none", op.as_str()));
        }
        if op.is_comparison() && scalars == 2 && !returns_bool {
            let message = "two numbers are compared, which must be said with `bool`".to_owned();
            let help = format!("write `{} bool`", op.as_str());
            self.errors.push(SyntaxError::new(at.clone(), message).help(help));
        }
        let Some(matching) = matching else { return };
        if scalars > 0 {
            self.complain(
                at,
                "labels are matched between two sets of series, and one side is a number".to_owned(),
            );
        }
        let Some((_, include)) = &matching.group else { return };
        if op.is_set() {
            self.complain(at, format!("`{}` takes no `group_left` and no `group_right`", op.as_str()));
        }
        if let MatchOn::On(on) = &matching.on
            && let Some(twice) = include.iter().find(|label| on.contains(label))
        {
            self.complain(
                at,
                format!("the label `{twice}` is matched on, so it can't be taken over as well"),
            );
        }
    }

    /// An operand with its signs.
    fn signed(&mut self) -> Result<Part> {
        let start = self.here();
        let is_negative = self.is("-");
        if !is_negative && !self.is("+") {
            return self.modified();
        }
        self.advance();
        let mut part = self.nested(|parser| parser.operation(Precedence::Power))?;
        self.check_value(&part, "only values have a sign");
        part.is_open = false;
        let whole = start.start..part.places.at.end;
        if is_negative {
            part.expr = part.expr.negated();
        }
        if matches!(part.expr, Expr::Negative(_)) && is_negative {
            part.places = Places { operands: vec![part.places], ..Places::leaf(whole) };
        } else {
            part.places.at = whole;
        }
        Ok(part)
    }
}
