//! What is remembered of a long list so that any page of it is found at once: where every so many rows stand.

use std::sync::{Mutex, PoisonError};

use perennial_core::store::StoreError;
use perennial_core::store::tables::{PageStart, RowStart};

/// No more rows than this are passed one by one where a list was walked before.
const STRIDE: u32 = 200;

/// The marks of a list, as far as somebody has come.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// The first stands behind one stride of rows, the next behind two, and so on.
    marks: Mutex<Vec<RowStart>>,
}

impl Trail {
    /// Where the page begins that has so many rows before it, if the marks reach as far already.
    pub(crate) fn start_if_reached(&self, rows_before: u32) -> Option<PageStart> {
        // Who walks holds the marks: whoever needs them then has to wait, and cannot here.
        let marks = self.marks.try_lock().ok()?;
        (marks.len() >= marks_before(rows_before)).then(|| from_mark(&marks, rows_before))
    }

    /// Where the page begins that has so many rows before it. `row_at` finds the row behind a stride from a start, if the
    /// list is that long and can go on from rows. Whoever comes meanwhile waits, as they would walk the same way.
    pub(crate) fn start(
        &self,
        rows_before: u32,
        mut row_at: impl FnMut(PageStart) -> Result<Option<RowStart>, StoreError>,
    ) -> Result<PageStart, StoreError> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        while marks.len() < marks_before(rows_before) {
            match row_at(PageStart { row: marks.last().copied(), skip: STRIDE })? {
                Some(row) => marks.push(row),
                None => break,
            }
        }
        Ok(from_mark(&marks, rows_before))
    }
}

/// How many marks there are before that row, in a list that is long enough.
fn marks_before(row: u32) -> usize {
    usize::try_from(row / STRIDE).unwrap_or(usize::MAX)
}

fn from_mark(marks: &[RowStart], rows_before: u32) -> PageStart {
    let reached = marks.len().min(marks_before(rows_before));
    let passed = u32::try_from(reached).unwrap_or(u32::MAX).saturating_mul(STRIDE);
    PageStart { row: marks[..reached].last().copied(), skip: rows_before - passed }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::Timestamp;
    use perennial_domain::{Id, SubscriptionId};
    use uuid::Uuid;

    use super::*;

    /// A list of so many rows, which stand at their numbers, and how often it was asked.
    struct List {
        length: u32,
        asked: Cell<u32>,
    }

    impl List {
        fn row_at(&self, start: PageStart) -> Option<RowStart> {
            self.asked.set(self.asked.get() + 1);
            let place = number(start.row) + start.skip;
            (place < self.length).then(|| RowStart {
                at: Timestamp::UNIX_EPOCH,
                id: SubscriptionId::from_uuid(Uuid::from_u128(place.into())),
                inclusive: true,
            })
        }

        fn place(&self, trail: &Trail, rows_before: u32) -> u32 {
            let start = trail.start(rows_before, |start| Ok(self.row_at(start))).unwrap();
            let at_once = trail.start_if_reached(rows_before);
            assert!(at_once.is_none_or(|again| again == start));
            assert!(at_once.is_some() || rows_before >= self.length);
            assert!(start.row.is_none() || start.skip < STRIDE || rows_before >= self.length);
            number(start.row) + start.skip
        }
    }

    fn number(row: Option<RowStart>) -> u32 {
        row.map_or(0, |row| row.id.uuid().as_u128().try_into().unwrap())
    }

    #[test]
    fn every_page_begins_where_it_would_be_counted_to() {
        let (trail, list) = (Trail::default(), List { length: 10 * STRIDE + 7, asked: Cell::new(0) });
        for rows_before in
            [3 * STRIDE + 5, 0, STRIDE - 1, STRIDE, 9 * STRIDE, 25, 10 * STRIDE + 6, 50 * STRIDE]
        {
            assert_eq!(list.place(&trail, rows_before), rows_before);
        }
    }

    #[test]
    fn a_way_is_walked_once() {
        let (trail, list) = (Trail::default(), List { length: 100 * STRIDE, asked: Cell::new(0) });
        list.place(&trail, 60 * STRIDE);
        assert_eq!(list.asked.get(), 60);
        for rows_before in [60 * STRIDE, 17 * STRIDE + 1, 61 * STRIDE] {
            list.place(&trail, rows_before);
        }
        assert_eq!(list.asked.get(), 61);
    }
}
