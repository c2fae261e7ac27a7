//! What the pages are made of. Components show; what they show is worked out elsewhere.

pub mod axis;
pub mod controls;
pub mod copy;
pub mod elsewhere;
pub mod field;
pub mod figures;
pub mod header;
pub mod icons;
pub mod legend;
pub mod lesson_card;
pub mod log;
pub mod messages;
pub mod model_panel;
pub mod notices;
pub mod playhead;
pub mod preview;
pub mod run_bar;
pub mod speed;
pub mod stage;
pub mod table;
pub mod text_field;
