//! Files that a person gives to the page, as the browser hands them over.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The files of a field or of what is dragged.
pub fn of(holder: &JsValue) -> Option<JsValue> {
    property(holder, "files")
}

/// The files that an event drops.
pub fn dropped(event: &JsValue) -> Option<JsValue> {
    of(&property(event, "dataTransfer")?)
}

/// Empties a field of files.
pub fn forget(field: &JsValue) {
    // A field that cannot be emptied only does not take the same file twice.
    let _ = Reflect::set(field, &"value".into(), &"".into());
}

/// The first one of files.
pub fn first(files: &JsValue) -> Option<JsValue> {
    property(files, "0")
}

/// A file's name.
pub fn name(file: &JsValue) -> String {
    property(file, "name").and_then(|name| name.as_string()).unwrap_or_else(|| "The file".to_owned())
}

/// How many bytes long a file is.
pub fn size(file: &JsValue) -> f64 {
    property(file, "size").and_then(|size| size.as_f64()).unwrap_or(0.0)
}

/// What is in a file; `None` where it cannot be read, as a folder cannot.
pub async fn bytes(file: &JsValue) -> Option<Vec<u8>> {
    let read: Function = property(file, "arrayBuffer")?.dyn_into().ok()?;
    let promise: Promise = read.call0(file).ok()?.dyn_into().ok()?;
    let buffer = JsFuture::from(promise).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
