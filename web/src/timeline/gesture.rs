//! What a person means who presses, drags and lets go on a timeline with one finger or two.

/// A pointer that is down.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Finger {
    id: i32,
    x_px: f64,
    y_px: f64,
}

/// The pointers that are down on one timeline, and what they have done since the first of them came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gesture {
    fingers: Vec<Finger>,
    /// How far they went, all in all.
    went_px: f64,
}

/// What is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meant {
    /// Nothing yet.
    Nothing,
    /// To move the playhead to this pixel.
    Scrub(f64),
    /// To move the window with the hand, by so many pixels.
    Pan(f64),
    /// To look closer by this factor about this pixel.
    Zoom(f64, f64),
    /// To know what stands at this place.
    Ask(f64, f64),
}

/// A hand that means to press moves less than this.
const STILL_PX: f64 = 4.0;

impl Gesture {
    /// A pointer comes down.
    pub fn down(&mut self, id: i32, x_px: f64, y_px: f64) {
        if self.fingers.is_empty() {
            self.went_px = 0.0;
        }
        self.fingers.retain(|finger| finger.id != id);
        self.fingers.push(Finger { id, x_px, y_px });
    }

    /// A pointer moves. `pans` tells whether a drag moves the window rather than the playhead.
    pub fn moved(&mut self, id: i32, x_px: f64, y_px: f64, pans: bool) -> Meant {
        let others = self.fingers.iter().filter(|finger| finger.id != id).copied().next();
        let Some(finger) = self.fingers.iter_mut().find(|finger| finger.id == id) else { return Meant::Nothing };
        let before = *finger;
        (finger.x_px, finger.y_px) = (x_px, y_px);
        self.went_px += (x_px - before.x_px).hypot(y_px - before.y_px);
        if self.went_px < STILL_PX {
            return Meant::Nothing;
        }
        match others {
            Some(other) => {
                let apart_px = |x_px: f64| (x_px - other.x_px).abs().max(10.0);
                Meant::Zoom(apart_px(x_px) / apart_px(before.x_px), (x_px + other.x_px) / 2.0)
            }
            None if pans => Meant::Pan(before.x_px - x_px),
            None => Meant::Scrub(x_px),
        }
    }

    /// A pointer goes up.
    pub fn up(&mut self, id: i32) -> Meant {
        let finger = self.fingers.iter().find(|finger| finger.id == id).copied();
        self.fingers.retain(|finger| finger.id != id);
        match finger {
            Some(Finger { x_px, y_px, .. }) if self.fingers.is_empty() && self.went_px < STILL_PX => {
                Meant::Ask(x_px, y_px)
            }
            _ => Meant::Nothing,
        }
    }

    /// The browser took a pointer away, such as to scroll.
    pub fn lost(&mut self, id: i32) {
        self.fingers.retain(|finger| finger.id != id);
        self.went_px = f64::INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_asks_a_drag_scrubs_or_pans_and_two_fingers_zoom() {
        let mut gesture = Gesture::default();
        gesture.down(1, 100.0, 20.0);
        assert_eq!(gesture.moved(1, 101.0, 21.0, false), Meant::Nothing);
        assert_eq!(gesture.up(1), Meant::Ask(101.0, 21.0));
        gesture.down(1, 100.0, 20.0);
        assert_eq!(gesture.moved(1, 130.0, 20.0, false), Meant::Scrub(130.0));
        assert_eq!(gesture.moved(1, 120.0, 20.0, true), Meant::Pan(10.0));
        assert_eq!(gesture.up(1), Meant::Nothing, "it was dragged");
        gesture.down(1, 100.0, 20.0);
        gesture.down(2, 200.0, 20.0);
        assert_eq!(gesture.moved(2, 300.0, 20.0, true), Meant::Zoom(2.0, 200.0));
        assert_eq!([gesture.up(1), gesture.up(2)], [Meant::Nothing; 2]);
        assert_eq!(gesture.moved(3, 0.0, 0.0, true), Meant::Nothing, "nobody is down");
    }

    #[test]
    fn what_the_browser_took_away_to_scroll_asks_nothing() {
        let mut gesture = Gesture::default();
        gesture.down(1, 100.0, 20.0);
        gesture.lost(1);
        assert_eq!(gesture.up(1), Meant::Nothing);
    }
}
