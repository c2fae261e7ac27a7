//! Files that a person gives to the page, as the browser hands them over, and files that the page gives.

use js_sys::{Array, Error, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Response, Url};

use crate::state::browser;

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

/// The fields of a JSON object, each with the JSON text of its value.
///
/// # Errors
/// Why the text is none, as a clause.
pub fn fields(json: &str) -> Result<Vec<(String, String)>, String> {
    let no_object = || "it is something else".to_owned();
    let said = |error: JsValue| error.dyn_ref::<Error>().map_or_else(no_object, |error| error.message().into());
    let value = JSON::parse(json).map_err(said)?;
    let object = value.dyn_ref::<Object>().filter(|object| !Array::is_array(object)).ok_or_else(no_object)?;
    let text = |value: JsValue| JSON::stringify(&value).map(String::from).unwrap_or_default();
    let field = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        (entry.get(0).as_string().unwrap_or_default(), text(entry.get(1)))
    };
    Ok(Object::entries(object).iter().map(field).collect())
}

/// What is in a file of the page's own; `None` where it is not there.
pub async fn fetch(address: &str) -> Option<String> {
    let response = JsFuture::from(browser::window()?.fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok().filter(|_| response.ok())?).await.ok()?;
    text.as_string()
}

/// Gives a person a file of this text to keep.
pub fn give(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options);
    let address = blob.and_then(|blob| Url::create_object_url_with_blob(&blob));
    if let Ok(address) = address {
        give_address(name, &address);
        // Fails for no address that was made here.
        let _ = Url::revoke_object_url(&address);
    }
}

/// Gives a person the file behind an address to keep.
pub fn give_address(name: &str, address: &str) {
    let document = browser::window().and_then(|window| window.document());
    let link = document.and_then(|document| document.create_element("a").ok());
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(address);
        link.set_download(name);
        link.click();
    }
}

fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
