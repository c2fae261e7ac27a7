//! The colours of the states. The style sheet has them, so that legend and canvas cannot differ.

use engine::trace::State;
use web_sys::HtmlCanvasElement;

use crate::state::browser;
use crate::timeline::draw::Stroke;

/// The colours of a canvas.
pub struct Palette {
    /// Of words.
    pub ink: String,
    /// Of words that say less.
    pub muted: String,
    /// Of the grid.
    pub line: String,
    /// Of words on what runs.
    pub on_running: String,
    /// Of the ground.
    pub panel: String,
    /// Of what is lit up.
    pub accent: String,
    /// Of what is held.
    pub held: String,
    states: [StateColours; State::ALL.len()],
}

/// The colours of a state.
pub struct StateColours {
    /// Of its ground.
    pub fill: String,
    /// Of its pattern and its outline.
    pub mark: String,
}

impl Palette {
    /// The colours that hold for `canvas`.
    pub fn of(canvas: &HtmlCanvasElement) -> Option<Palette> {
        let style = browser::computed_style(canvas)?;
        let colour = |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_owned();
        let state = |state: State| {
            let name = state.id();
            StateColours { fill: colour(&format!("--state-{name}")), mark: colour(&format!("--state-{name}-mark")) }
        };
        Some(Palette {
            ink: colour("--ink"),
            muted: colour("--muted"),
            line: colour("--grid"),
            on_running: colour("--on-running"),
            panel: colour("--panel"),
            accent: colour("--accent"),
            held: colour("--held"),
            states: State::ALL.map(state),
        })
    }

    /// The colour of a line.
    pub fn stroke(&self, stroke: Stroke) -> &str {
        match stroke {
            Stroke::Hold => &self.held,
            Stroke::Log | Stroke::Arrow | Stroke::Beyond => &self.muted,
            Stroke::Path => &self.ink,
            Stroke::Chain => &self.accent,
        }
    }

    /// The colours of a state.
    pub fn state(&self, state: State) -> &StateColours {
        &self.states[state as usize]
    }
}
