//! Putting the many things of a trace in order.

/// Puts `items` in the order of their keys, each a row of numbers of which the first counts most; of equal keys the first stays
/// first.
///
/// A radix sort from the least digit on (Knuth, The Art of Computer Programming 5.2.5): its time grows with the number of items
/// alone. What is in order already is left as it is.
pub fn sort_by_numbers<T: Copy, const COLUMNS: usize>(items: &mut Vec<T>, key: impl Fn(&T) -> [u64; COLUMNS]) {
    if items.is_sorted_by_key(&key) {
        return;
    }
    let mut columns = [(); COLUMNS].map(|()| Vec::with_capacity(items.len()));
    for item in &*items {
        for (column, number) in columns.iter_mut().zip(key(item)) {
            column.push(number);
        }
    }
    *items = order(&columns).into_iter().map(|place| items[place as usize]).collect();
}

/// In which order the rows of a table stand, of which these are the columns: the first one counts most.
fn order(columns: &[Vec<u64>]) -> Vec<u32> {
    let rows = columns.first().map_or(0, Vec::len);
    let mut places: Vec<u32> = (0..rows as u32).collect();
    for column in columns.iter().rev() {
        sort_by_column(&mut places, column);
    }
    places
}

/// So few are put in order by insertion.
const FEW: usize = 32;

/// Puts `places` in the order of the numbers in those places of `column`.
fn sort_by_column(places: &mut [u32], column: &[u64]) {
    let mut pairs: Vec<(u64, u32)> = places.iter().map(|place| (column[*place as usize], *place)).collect();
    if pairs.is_sorted_by_key(|(number, _)| *number) {
        return;
    }
    if pairs.len() <= FEW {
        for end in 1..pairs.len() {
            let after = pairs[..end].partition_point(|(number, _)| *number <= pairs[end].0);
            pairs[after..=end].rotate_right(1);
        }
    } else {
        sort_by_digits(&mut pairs);
    }
    for (place, (_, sorted)) in places.iter_mut().zip(pairs) {
        *place = sorted;
    }
}

fn sort_by_digits(pairs: &mut Vec<(u64, u32)>) {
    let first = pairs[0].0;
    let differing = pairs.iter().fold(0, |bits, (number, _)| bits | (number ^ first));
    let bits = digit_bits(pairs.len(), u64::BITS - differing.leading_zeros());
    let last_digit = (1 << bits) - 1;
    let mut sorted = vec![(0, 0); pairs.len()];
    let mut next = vec![0_u32; 1 << bits];
    for shift in (0..u64::BITS).step_by(bits as usize) {
        let digit = |number: u64| (number >> shift & last_digit) as usize;
        if digit(differing) == 0 {
            continue;
        }
        next.fill(0);
        for (number, _) in &*pairs {
            next[digit(*number)] += 1;
        }
        let mut before = 0;
        for count in &mut next {
            before += std::mem::replace(count, before);
        }
        for pair in &*pairs {
            let next = &mut next[digit(pair.0)];
            sorted[*next as usize] = *pair;
            *next += 1;
        }
        std::mem::swap(pairs, &mut sorted);
    }
}

/// How many bits a digit has best, where so many numbers differ in their last `differing` bits: each digit costs a look at every
/// number, to count it and to place it, and one at every value that a digit can have.
fn digit_bits(numbers: usize, differing: u32) -> u32 {
    const MOST: u32 = 16;
    (4..=MOST).min_by_key(|bits| differing.div_ceil(*bits) as usize * (2 * numbers + (1 << bits))).unwrap_or(MOST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The standard library knows.
        #[test]
        fn the_order_is_that_of_a_stable_sort(
            keys in prop::collection::vec((prop_oneof![0_u64..4, any::<u64>()], 0_u64..300), 0..400),
        ) {
            let mut items: Vec<_> = keys.into_iter().zip(0..).collect();
            let mut sorted = items.clone();
            sorted.sort_by_key(|(key, _)| *key);
            sort_by_numbers(&mut items, |((first, second), _): &((u64, u64), usize)| [*first, *second]);
            prop_assert_eq!(items, sorted);
        }
    }
}
