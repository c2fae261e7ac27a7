//! Things that are put in order: one placed after the other, moved, and taken back.

use lessons::MOST_IN_ORDER;

/// Some of the things that a question offers, by their places among them, in an order; none is there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    options: [u8; MOST_IN_ORDER],
    count: u8,
}

impl Order {
    /// These in this order; one that is there already is left out, as are those that are too many.
    pub fn of(options: impl IntoIterator<Item = usize>) -> Order {
        let mut order = Order::default();
        options.into_iter().for_each(|option| order.place(option));
        order
    }

    /// What was placed, from the first.
    pub fn options(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.options[..usize::from(self.count)].iter().map(|option| usize::from(*option))
    }

    /// Whether each of so many things has its place.
    pub fn is_whole(&self, of: usize) -> bool {
        usize::from(self.count) == of && self.options().all(|option| option < of)
    }

    /// Which place an option has.
    pub fn place_of(&self, option: usize) -> Option<usize> {
        self.options().position(|other| other == option)
    }

    /// Places an option behind the others.
    pub fn place(&mut self, option: usize) {
        let has_room = usize::from(self.count) < MOST_IN_ORDER && option < MOST_IN_ORDER;
        if has_room && self.place_of(option).is_none() {
            self.options[usize::from(self.count)] = option as u8;
            self.count += 1;
        }
    }

    /// Takes an option back; those behind it move up.
    pub fn take_back(&mut self, option: usize) {
        *self = Order::of(self.options().filter(|other| *other != option).collect::<Vec<_>>());
    }

    /// Exchanges an option with the one before it.
    pub fn move_up(&mut self, option: usize) {
        if let Some(place) = self.place_of(option).filter(|place| *place > 0) {
            self.options.swap(place - 1, place);
        }
    }

    /// Exchanges an option with the one behind it.
    pub fn move_down(&mut self, option: usize) {
        if let Some(next) = self.place_of(option).and_then(|place| self.options().nth(place + 1)) {
            self.move_up(next);
        }
    }

    /// All of so many things: those that were placed, and behind them the others as they are offered.
    pub fn rows(&self, of: usize) -> Vec<usize> {
        let others = (0..of).filter(|option| self.place_of(*option).is_none());
        self.options().chain(others).collect()
    }

    /// Whether this is `other` but for two neighbours that stand the other way round.
    pub fn is_a_swap_from(&self, other: &Order) -> bool {
        self.options().any(|option| {
            let mut swapped = *self;
            swapped.move_up(option);
            swapped == *other && swapped != *self
        })
    }

    /// A digit for each, such as `201`.
    pub fn text(&self) -> String {
        self.options().map(|option| char::from(b'0' + option as u8)).collect()
    }

    /// What [`Order::text`] wrote; `None` where it is no such text.
    pub fn read(text: &str) -> Option<Order> {
        let digits = text.chars().map(|digit| digit.to_digit(10).map(|digit| digit as usize));
        let order = Order::of(digits.collect::<Option<Vec<_>>>()?);
        (order.text() == text).then_some(order)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is pressed in whatever order, nothing is there twice, all is shown, and its text brings it back.
        #[test]
        fn an_order_stays_one_and_comes_back_from_its_text(
            acts in proptest::collection::vec((0_u8..4, 0_usize..12), 0..40),
            of in 2_usize..=MOST_IN_ORDER,
        ) {
            let mut order = Order::default();
            for (act, option) in acts {
                let option = option % of;
                let before: Vec<usize> = order.options().collect();
                match act {
                    0 => order.place(option),
                    1 => order.take_back(option),
                    2 => order.move_up(option),
                    _ => order.move_down(option),
                }
                let after: Vec<usize> = order.options().collect();
                let place = |order: &[usize]| order.iter().position(|other| *other == option);
                match (act, place(&before)) {
                    (0, None) => prop_assert_eq!(after, [before, vec![option]].concat()),
                    (1, Some(_)) => prop_assert!(place(&after).is_none() && after.len() + 1 == before.len()),
                    (2, Some(was)) => prop_assert_eq!(place(&after), Some(was.saturating_sub(1))),
                    (3, Some(was)) => prop_assert_eq!(place(&after), Some((was + 1).min(before.len() - 1))),
                    _ => prop_assert_eq!(after, before),
                }
                prop_assert_eq!(Order::read(&order.text()), Some(order));
            }
            let mut rows = order.rows(of);
            prop_assert!(order.options().eq(rows.iter().copied().take(order.options().count())));
            rows.sort_unstable();
            prop_assert!(rows.into_iter().eq(0..of));
            prop_assert_eq!(order.is_whole(of), order.options().count() == of);
        }

        #[test]
        fn only_one_pair_of_neighbours_makes_a_swap(
            order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
            (one, other) in (0_usize..6, 0_usize..6),
        ) {
            let mut exchanged = order.clone();
            exchanged.swap(one, other);
            let (order, exchanged) = (Order::of(order), Order::of(exchanged));
            prop_assert_eq!(order.is_a_swap_from(&exchanged), one.abs_diff(other) == 1);
            prop_assert_eq!(exchanged.is_a_swap_from(&order), one.abs_diff(other) == 1);
        }
    }

    #[test]
    fn texts_that_are_no_orders_are_none() {
        for text in ["00", "0a", "9", "-1", "01 "] {
            assert_eq!(Order::read(text), None, "{text}");
        }
    }
}
