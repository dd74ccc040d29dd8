//! The source lines of a finding, with carets.

use std::fmt;

use super::human::{Human, Ink, is_invisible, visible};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// The widest part of a line that is shown.
const WIDEST: usize = 120;
/// What is shown before the place in a line that is cut.
const BEFORE: usize = 40;

/// One marked piece of a line.
struct Mark<'d> {
    /// Columns, in characters from 0.
    start: usize,
    end: usize,
    text: &'d str,
    is_main: bool,
}

/// The lines to show of one file.
struct Block<'d> {
    file: FileId,
    /// In ascending order.
    lines: Vec<(usize, Vec<Mark<'d>>)>,
}

/// Everything of a finding that stands in the source.
pub(super) struct Snippet<'d> {
    sources: &'d SourceMap,
    at: Option<Span>,
    blocks: Vec<Block<'d>>,
    width: usize,
}

impl<'d> Snippet<'d> {
    pub(super) fn new(diagnostic: &'d Diagnostic, sources: &'d SourceMap) -> Self {
        let main = diagnostic.at.map(|at| (at, diagnostic.label.as_str(), true));
        let also = diagnostic.also.iter().map(|(at, text)| (*at, text.as_str(), false));
        let mut blocks: Vec<Block<'d>> = Vec::new();
        for (span, text, is_main) in main.into_iter().chain(also) {
            let (line, mark) = mark(span, text, is_main, sources);
            let index = blocks.iter().position(|block| block.file == span.file).unwrap_or(blocks.len());
            if index == blocks.len() {
                blocks.push(Block { file: span.file, lines: Vec::new() });
            }
            let lines = &mut blocks[index].lines;
            let before = lines.iter().take_while(|(number, _)| *number < line).count();
            if lines.get(before).is_none_or(|(number, _)| *number != line) {
                lines.insert(before, (line, Vec::new()));
            }
            lines[before].1.push(mark);
        }
        let last = blocks.iter().filter_map(|block| block.lines.last()).map(|(line, _)| *line).max();
        let width = last.map_or(1, |line| line.to_string().len());
        Self { sources, at: diagnostic.at, blocks, width }
    }

    /// The width of the widest line number.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn write(&self, out: &mut impl fmt::Write, human: Human, ink: Ink) -> fmt::Result {
        let indent = " ".repeat(self.width);
        for (index, block) in self.blocks.iter().enumerate() {
            let file = self.sources.file(block.file);
            let at = self.at.filter(|at| index == 0 && at.file == block.file);
            let place = match (at, block.lines.first()) {
                (Some(at), _) => self.sources.place(at).to_string(),
                (None, Some((line, marks))) => {
                    let column = marks.first().map_or(0, |mark| mark.start) + 1;
                    format!("{}:{line}:{column}", file.name)
                }
                (None, None) => file.name.clone(),
            };
            let arrow = if index == 0 { "-->" } else { ":::" };
            writeln!(out, "{indent}{} {place}", human.paint(Ink::Margin, arrow))?;
            if file.text.is_empty() {
                continue;
            }
            writeln!(out, "{indent} {}", human.paint(Ink::Margin, "|"))?;
            let mut previous = None;
            for (line, marks) in &block.lines {
                if previous.is_some_and(|previous: usize| previous + 1 < *line) {
                    writeln!(out, "{}", human.paint(Ink::Margin, "..."))?;
                }
                previous = Some(*line);
                self.write_line(out, human, ink, (*line, file.line(*line)), marks)?;
            }
        }
        Ok(())
    }

    fn write_line(
        &self,
        out: &mut impl fmt::Write,
        human: Human,
        ink: Ink,
        (number, line): (usize, &str),
        marks: &[Mark<'_>],
    ) -> fmt::Result {
        let width = self.width;
        let indent = " ".repeat(width);
        let first = marks.iter().map(|mark| mark.start).min().unwrap_or(0);
        let window = Window::of(line, first);
        let margin = format!("{number:width$} |");
        let space = if window.text.is_empty() { "" } else { " " };
        writeln!(out, "{}{space}{}", human.paint(Ink::Margin, margin), window.text)?;
        let (main, also) =
            (marks.iter().filter(|mark| mark.is_main), marks.iter().filter(|mark| !mark.is_main));
        for mark in main.chain(also) {
            let (from, to) = (window.column(mark.start), window.column(mark.end));
            let sign = if mark.is_main { "^" } else { "-" };
            let carets = sign.repeat(to.saturating_sub(from).max(1));
            let space = if mark.text.is_empty() { "" } else { " " };
            let ink = if mark.is_main { ink } else { Ink::Also };
            let marked = human.paint(ink, format!("{carets}{space}{}", mark.text));
            writeln!(out, "{indent} {} {}{marked}", human.paint(Ink::Margin, "|"), " ".repeat(from))?;
        }
        Ok(())
    }
}

/// The line of a place, and its columns there; what goes on in further lines is cut.
fn mark<'d>(span: Span, text: &'d str, is_main: bool, sources: &SourceMap) -> (usize, Mark<'d>) {
    let file = sources.file(span.file);
    let at = file.line_column(span.start);
    // A point at the end of a line marks its last character: there is nothing behind it to see.
    let length = file.line(at.line).chars().count();
    let start = (at.column - 1).min(length.saturating_sub(usize::from(span.start == span.end)));
    let inside = file.slice(span).split(['\n', '\r']).next().unwrap_or_default();
    (at.line, Mark { start, end: start + inside.chars().count().max(1), text, is_main })
}

/// The part of a line that is shown.
struct Window {
    text: String,
    /// Terminal column of each character from `first` on, and of the end.
    columns: Vec<usize>,
    first: usize,
}

impl Window {
    fn of(line: &str, place: usize) -> Self {
        let length = line.chars().take(place + WIDEST + 1).count();
        let first = if length > WIDEST && place > BEFORE { place - BEFORE } else { 0 };
        let (mut text, mut columns, mut column) = (String::new(), Vec::new(), 0);
        if first > 0 {
            text.push('…');
            column += 1;
        }
        for c in line.chars().skip(first) {
            if column >= WIDEST {
                text.push('…');
                break;
            }
            columns.push(column);
            text.push_str(&visible(c.encode_utf8(&mut [0; 4])));
            column += width(c);
        }
        columns.push(column);
        text.truncate(text.trim_end().len());
        Self { text, columns, first }
    }

    /// The terminal column of a character; the end for one that is cut off.
    fn column(&self, character: usize) -> usize {
        let last = self.columns.last().copied().unwrap_or_default();
        character.checked_sub(self.first).map_or(0, |index| self.columns.get(index).copied().unwrap_or(last))
    }
}

/// How many columns a character takes: two for East Asian wide ones and emoji, none for combining marks.
const fn width(c: char) -> usize {
    match c {
        '\t' => 4,
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}' => 0,
        c if is_invisible(c) => 1,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}
