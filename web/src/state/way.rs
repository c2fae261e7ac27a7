//! The ways in which a lesson's page is shown.

use leptos::prelude::*;

use crate::state::browser;
use crate::state::lesson::LessonState;
use crate::state::link::{LessonPlace, Settings};

/// How a lesson is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// As a page of its own.
    Page,
    /// To a class, at this slide.
    Present(u16),
    /// In a frame of another page, which measures nothing.
    Embed,
    /// Beside these settings of the same lesson, which were kept.
    Compare(Box<Settings>),
}

impl Way {
    /// What is compared with.
    pub fn kept(&self) -> Option<&Settings> {
        match self {
            Way::Compare(kept) => Some(kept),
            _ => None,
        }
    }

    /// Whether it is the same way, at whichever slide and with whatever is compared.
    pub fn is_like(&self, other: &Way) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The presentation that a link's text names by its slide, counted from one; an empty text begins it.
    pub fn read_present(text: &str) -> Option<Way> {
        match text {
            "" => Some(Way::Present(0)),
            number => number.parse::<u16>().ok()?.checked_sub(1).map(Way::Present),
        }
    }
}

impl LessonState {
    /// Shows the lesson in another way.
    pub fn show_as(self, way: Way) {
        self.pause();
        self.view.pace.set(1.0);
        self.way.set(way);
        self.write_address();
        browser::to_the_top();
    }

    /// The place that a link should name, followed as it changes.
    pub fn place_now(self) -> LessonPlace {
        self.form.track();
        self.answers.track();
        self.playhead.track();
        self.way.track();
        self.view.chosen();
        self.place()
    }
}
