//! Undo and redo: what stood there before, what stands there, and what was taken back.

use std::collections::VecDeque;

/// A value with its past and, after an undo, its future.
#[derive(Clone, Debug, PartialEq)]
pub struct History<T> {
    past: VecDeque<T>,
    present: T,
    future: Vec<T>,
}

/// Nobody goes further back than this by single steps.
const MOST_STEPS: usize = 200;

impl<T: Clone + PartialEq> History<T> {
    /// A history that begins with `present`.
    pub fn new(present: T) -> History<T> {
        History { past: VecDeque::new(), present, future: Vec::new() }
    }

    /// What stands there.
    pub fn present(&self) -> &T {
        &self.present
    }

    /// Takes a new present. The same one is no step; a new one ends every future.
    pub fn step(&mut self, next: T) {
        if next == self.present {
            return;
        }
        self.past.push_back(std::mem::replace(&mut self.present, next));
        if self.past.len() > MOST_STEPS {
            self.past.pop_front();
        }
        self.future.clear();
    }

    /// Goes one step back, and returns what stands there then.
    pub fn undo(&mut self) -> Option<T> {
        let before = self.past.pop_back()?;
        self.future.push(std::mem::replace(&mut self.present, before));
        Some(self.present.clone())
    }

    /// Takes the last undo back, and returns what stands there then.
    pub fn redo(&mut self) -> Option<T> {
        let after = self.future.pop()?;
        self.past.push_back(std::mem::replace(&mut self.present, after));
        Some(self.present.clone())
    }

    /// Whether there is a step back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step that was taken back.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Beside a list of all that ever stood there, and a place in it.
        #[test]
        fn a_history_is_a_list_with_a_place_in_it(moves in proptest::collection::vec(0_u8..6, 0..80)) {
            let mut history = History::new(0_u8);
            let (mut list, mut place) = (vec![0_u8], 0_usize);
            for step in moves {
                match step {
                    4 => {
                        let expected = (place > 0).then(|| list[place - 1]);
                        prop_assert_eq!(history.undo(), expected);
                        place = place.saturating_sub(1);
                    }
                    5 => {
                        let expected = list.get(place + 1).copied();
                        prop_assert_eq!(history.redo(), expected);
                        place = (place + 1).min(list.len() - 1);
                    }
                    value => {
                        history.step(value);
                        if list[place] != value {
                            list.truncate(place + 1);
                            list.push(value);
                            place += 1;
                        }
                    }
                }
                prop_assert_eq!(*history.present(), list[place]);
                prop_assert_eq!((history.can_undo(), history.can_redo()), (place > 0, place + 1 < list.len()));
            }
        }
    }

    #[test]
    fn the_oldest_steps_are_forgotten_and_the_newest_kept() {
        let mut history = History::new(0);
        (1..=2 * MOST_STEPS).for_each(|step| history.step(step));
        let mut steps = 0;
        while history.undo().is_some() {
            steps += 1;
        }
        assert_eq!((steps, *history.present()), (MOST_STEPS, MOST_STEPS));
    }
}
