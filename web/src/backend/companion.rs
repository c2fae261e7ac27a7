//! Measured runs on this machine: the companion that serves this page, behind a WebSocket.

use engine::model::Model;
use js_sys::{ArrayBuffer, Uint8Array};
use lessons::Prepared;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::backend::remote::{Ears, Line, Remote};
use crate::backend::{Backend, Job, Name, Tell};
use crate::state::door::Door;

/// The companion of a page. What it does for the page ends with this.
pub struct Companion {
    remote: Remote<Socket>,
    door: Door,
}

/// A WebSocket with all that listens to it. Closing it ends what the companion does for it.
struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Companion {
    /// The companion behind this door.
    pub fn behind(door: Door) -> Companion {
        Companion { remote: Remote::default(), door }
    }
}

impl Backend for Companion {
    /// What it cannot run, the companion says itself.
    fn refuses(&self, _: Model, _: &Prepared) -> Option<String> {
        None
    }

    fn start(&self, job: Job, tell: Tell) {
        // The companion starts what each run needs.
        const ANY_THREADS: usize = 0;
        let models = job.models.clone();
        self.remote.start(job, models, ANY_THREADS, tell, |ears| Socket::open(self.door, ears));
    }

    fn stop(&self) {
        self.remote.stop();
    }
}

impl Line for Socket {
    const NAME: Name = Name {
        is_gone: "The companion was lost",
        mend: "If it has ended, start `interleave serve` again; then open the address that it prints, which is another each time.",
    };

    fn send(&self, message: &[u8]) -> Result<(), JsValue> {
        self.socket.send_with_u8_array(message)
    }
}

impl Socket {
    fn open(door: Door, ears: &Ears<Socket>) -> Result<Socket, String> {
        let address = door.address().ok_or("this page was not opened by the address that it prints")?;
        let socket = WebSocket::new(&address).map_err(|_| "the browser opens no connection to it".to_owned())?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_message = ears.listener(|ears, message: MessageEvent| {
            let bytes = message.data().dyn_into::<ArrayBuffer>().map(|buffer| Uint8Array::new(&buffer).to_vec());
            ears.hear(&bytes.unwrap_or_default());
        });
        let on_close = ears.listener(|ears, _: CloseEvent| ears.lose("the connection was closed".to_owned()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Socket { socket, _on_message: on_message, _on_close: on_close })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // An error says that it is closed already.
        let _ = self.socket.close();
    }
}
