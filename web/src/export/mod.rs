//! What the page shows as files: the timelines as a picture.

pub mod svg;
