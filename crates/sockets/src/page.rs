//! One page of a service, as it comes over the wire.

use serde::Deserialize;

/// The path under which a service has its pages.
pub(crate) const PATH: &str = "/employees";

/// The header that says which attempt at a page this is, from 1.
pub(crate) const ATTEMPT: &str = "x-attempt";

/// What is read of a page. The rest is read over, as JSON.
#[derive(Deserialize)]
struct Page {
    page: u64,
    employees: Vec<Employee>,
}

#[derive(Deserialize)]
struct Employee {
    #[expect(dead_code, reason = "it is decoded, as a program would that goes on with it")]
    id: u64,
    #[expect(dead_code, reason = "it is decoded, as a program would that goes on with it")]
    name: String,
}

/// Decodes the body of an answer that went well, as a program does that goes on with it.
///
/// # Errors
/// Why it is not the page that was asked for, as the end of a sentence.
pub(crate) fn decode(number: u64, body: &[u8]) -> Result<(), String> {
    let page: Page = serde_json::from_slice(body)
        .map_err(|error| format!("the {} bytes of page {number} are no page ({error})", body.len()))?;
    if page.page != number {
        return Err(format!("it asked for page {number} and was given page {}", page.page));
    }
    if page.employees.is_empty() {
        return Err(format!("page {number} has no employees"));
    }
    Ok(())
}
