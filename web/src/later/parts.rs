//! The later half's own parts.

use leptos::prelude::*;

use super::Part;
use crate::components::code::Code;
use crate::components::comparison::Comparison;
use crate::components::controls::Controls;
use crate::components::embedded::Embedded;
use crate::components::hints::Hints;
use crate::components::inside::Inside;
use crate::components::key_sheet::KeySheet;
use crate::components::log::Log;
use crate::components::notices::Notices;
use crate::components::numbers::Numbers;
use crate::components::predict::Answered;
use crate::components::presentation::Presentation;
use crate::components::preview::HomePicture;
use crate::components::progress::KeptProgress;
use crate::components::scaling::Scaling;
use crate::components::stage::Stage;
use crate::components::strip::card_run;
use crate::components::tabs::Tab;
use crate::components::take_away::TakeAway;
use crate::components::why::Why;
use crate::pages::advise::Advise;
use crate::pages::open::OpenPage;

/// A part of the later half.
pub fn show(part: Part) -> AnyView {
    match part {
        Part::Open { address, inbox } => view! { <OpenPage address inbox /> }.into_any(),
        Part::Advise { values, complaints, address, scheme } => {
            view! { <Advise values complaints address scheme /> }.into_any()
        }
        Part::Presentation { state, door, scheme } => view! { <Presentation state door scheme /> }.into_any(),
        Part::Embedded { state, door, scheme } => view! { <Embedded state door scheme /> }.into_any(),
        Part::Comparison { state, complaints, scheme } => {
            view! { <main class="lesson" id="main"><Notices complaints /><Comparison state scheme /></main> }.into_any()
        }
        Part::Controls { state } => view! { <Controls state /> }.into_any(),
        Part::Stage { state, isolation, door, scheme } => view! { <Stage state isolation door scheme /> }.into_any(),
        Part::Tab { state, tab } => match tab {
            Tab::Code => view! { <Code state /> }.into_any(),
            Tab::Log => view! { <Log state /> }.into_any(),
            Tab::Inside => view! { <Inside /> }.into_any(),
            Tab::Numbers => view! { <Numbers state /> }.into_any(),
            Tab::Scaling => view! { <Scaling state /> }.into_any(),
        },
        Part::Why => view! { <Why /> }.into_any(),
        Part::Hints { state } => view! { <Hints state /> }.into_any(),
        Part::TakeAway { state } => view! { <TakeAway state /> }.into_any(),
        Part::Answered { state, place } => view! { <Answered state place /> }.into_any(),
        Part::HomePicture { shelf, scheme } => view! { <HomePicture shelf scheme /> }.into_any(),
        Part::CardRun { picture, place, width_px, scheme } => card_run(picture, place, width_px, scheme),
        Part::KeptProgress { progress, taken } => view! { <KeptProgress progress taken /> }.into_any(),
        Part::KeySheet { open } => view! { <KeySheet open /> }.into_any(),
    }
}
