//! The line in which runs stand: one goes on, the others wait in the order in which they came.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A line with room for so many.
pub struct Queue {
    room: usize,
    line: Mutex<Line>,
    /// Whoever goes on has it.
    turn: Semaphore,
}

#[derive(Default)]
struct Line {
    /// The numbers of those who stand in it, whoever came first in front.
    standing: Vec<u64>,
    next: u64,
}

/// A place in the line. It is free again when this is dropped.
pub struct Place<'q> {
    queue: &'q Queue,
    number: u64,
}

impl Queue {
    /// A line in which nobody stands.
    pub fn new(room: usize) -> Queue {
        Queue { room, line: Mutex::default(), turn: Semaphore::new(1) }
    }

    /// The last place; `None` where there is no room.
    pub fn stand(&self) -> Option<Place<'_>> {
        let mut line = self.lock();
        if line.standing.len() == self.room {
            return None;
        }
        let number = line.next;
        line.next += 1;
        line.standing.push(number);
        Some(Place { queue: self, number })
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // Nothing is half changed when somebody panics meanwhile.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// How many stand before this one; whoever goes on is among them.
    pub fn before(&self) -> u32 {
        let line = self.queue.lock();
        line.standing.iter().take_while(|number| **number != self.number).count() as u32
    }

    /// Waits for the turn, and has it as long as the permit lives; `None` where there is none any more.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.queue.turn.acquire().await.ok()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.queue.lock().standing.retain(|number| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_from_the_front_and_are_free_again() {
        let queue = Queue::new(3);
        let first = queue.stand().unwrap();
        let (second, third) = (queue.stand().unwrap(), queue.stand().unwrap());
        assert!(queue.stand().is_none());
        assert_eq!([&first, &second, &third].map(Place::before), [0, 1, 2]);
        drop(second);
        let last = queue.stand().unwrap();
        assert_eq!([&first, &third, &last].map(Place::before), [0, 1, 2]);
        drop(first);
        assert_eq!([&third, &last].map(Place::before), [0, 1]);
    }
}
