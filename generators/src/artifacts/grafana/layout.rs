//! Where panels stand on Grafana's grid of 24 columns.

use std::collections::BTreeMap;

use kpi_registry::entity::Position;

use crate::wire::grafana::panel::GridPos;

/// The columns of the grid.
const COLUMNS: u32 = 24;

/// The highest a panel may be, and the farthest down it may be put by hand.
const TALLEST: u32 = 100;
const LOWEST: u32 = 100_000;

/// How large a panel is when nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size {
    /// Width in columns.
    pub(super) width: u32,
    /// Height in grid units.
    pub(super) height: u32,
}

/// Places the panels of one section, in the order given; the first row has `y` = 0.
///
/// A panel with a row and a column stands there, or below when the place is taken by one before it. The others fill
/// what is free from the top, left to right.
pub(super) fn place(wishes: &[(Position, Size)]) -> Vec<GridPos> {
    let mut grid = Grid::default();
    let mut places: Vec<Option<GridPos>> = vec![None; wishes.len()];
    let is_fixed = |position: &Position| position.row.is_some() && position.col.is_some();
    for fixed_first in [true, false] {
        for ((position, default), place) in wishes.iter().zip(&mut places) {
            if is_fixed(position) == fixed_first {
                *place = Some(grid.put(*position, *default));
            }
        }
    }
    places.into_iter().flatten().collect()
}

/// What is taken: for every row, a bit for every column.
#[derive(Default)]
struct Grid {
    rows: BTreeMap<u32, u32>,
    /// From which row on a panel of a size can still find room: what was full stays full.
    from: BTreeMap<(Size, Option<u32>), u32>,
}

impl Grid {
    fn put(&mut self, position: Position, default: Size) -> GridPos {
        let width = position.width.unwrap_or(default.width).clamp(1, COLUMNS);
        let height = position.height.unwrap_or(default.height).clamp(1, TALLEST);
        let size = Size { width, height };
        let column = position.col.map(|column| column.min(COLUMNS - width));
        let place = match position.row {
            Some(row) => self.search(size, column, row.min(LOWEST)),
            None => self.first_free(size, column),
        };
        for row in place.y..place.y + height {
            *self.rows.entry(row).or_default() |= mask(place.x, width);
        }
        place
    }

    fn first_free(&mut self, size: Size, column: Option<u32>) -> GridPos {
        let from = self.from.get(&(size, column)).copied().unwrap_or_default();
        let place = self.search(size, column, from);
        self.from.insert((size, column), place.y);
        place
    }

    fn search(&self, size: Size, column: Option<u32>, from: u32) -> GridPos {
        let columns = column.map_or(0..=COLUMNS - size.width, |column| column..=column);
        let mut y = from;
        loop {
            let taken = self.rows.range(y..y + size.height).fold(0, |taken, (_, row)| taken | row);
            if let Some(x) = columns.clone().find(|x| taken & mask(*x, size.width) == 0) {
                return GridPos { h: size.height, w: size.width, x, y };
            }
            y += 1;
        }
    }
}

const fn mask(column: u32, width: u32) -> u32 {
    ((1 << width) - 1) << column
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Size = Size { width: 12, height: 8 };

    fn at(row: u32, col: u32) -> Position {
        Position { row: Some(row), col: Some(col), ..Position::default() }
    }

    fn corners(places: &[GridPos]) -> Vec<(u32, u32)> {
        places.iter().map(|place| (place.x, place.y)).collect()
    }

    #[test]
    fn panels_fill_rows() {
        let places = place(&[(Position::default(), HALF); 3]);
        assert_eq!(corners(&places), [(0, 0), (12, 0), (0, 8)]);
    }

    #[test]
    fn wishes_come_first_and_never_overlap() {
        let free = Position::default();
        let places = place(&[(free, HALF), (at(0, 0), HALF), (at(4, 6), HALF), (at(0, 23), HALF)]);
        assert_eq!(corners(&places), [(0, 16), (0, 0), (6, 8), (12, 0)]);
        for (at, a) in places.iter().enumerate() {
            for b in &places[at + 1..] {
                let apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn strange_wishes_stay_on_the_grid() {
        let huge = Position { row: Some(u32::MAX), col: Some(99), width: Some(0), height: Some(u32::MAX) };
        let places = place(&[(huge, HALF), (Position { width: Some(99), ..Position::default() }, HALF)]);
        assert!(
            places.iter().all(|place| place.w >= 1 && place.x + place.w <= COLUMNS && place.h <= TALLEST)
        );
    }

    #[test]
    fn ten_thousand_panels_are_placed_in_no_time() {
        let odd = Size { width: 16, height: 5 };
        let places = place(&vec![(Position::default(), odd); 10_000]);
        assert_eq!(places.last().map(|place| place.y), Some(9_999 * 5));
    }
}
