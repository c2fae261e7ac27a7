//! What a request asks for, or why it cannot be answered.

use hyper::header::{ALLOW, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use lessons::Diagnostic;

use crate::words::whole;

/// A request that was understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// A page.
    Page {
        /// Its number, which there is.
        page: u64,
        /// Which try of this page it is, from 1, where the asker says so.
        attempt: Option<u32>,
    },
    /// What has been served so far.
    Stats,
    /// That the counts begin anew.
    Reset,
}

/// Why a request cannot be answered.
#[derive(Debug, PartialEq)]
pub struct Mistake {
    /// What kind of mistake it is.
    pub status: StatusCode,
    /// The value, the rule and the mend.
    pub sentence: String,
    /// A header that goes with the status.
    pub header: Option<(HeaderName, HeaderValue)>,
}

/// The header in which an asker says which try of a page this is, as a number from 1.
pub const ATTEMPT: &str = "x-attempt";

const PLACES: &str = "one of GET /employees?page=1, GET /stats, POST /reset";

impl Asked {
    /// Reads a request to a server of this many pages.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(request: &Parts, pages: u64) -> Result<Asked, Mistake> {
        let path = request.uri.path();
        let (allowed, method) = match path {
            "/employees" | "/stats" => ("GET", Method::GET),
            "/reset" => ("POST", Method::POST),
            _ => return Err(Mistake::of(StatusCode::NOT_FOUND, Diagnostic::new("path", path, PLACES, None))),
        };
        if request.method != method {
            let mistake = Diagnostic::new("method", request.method.as_str(), PLACES, Some(format!("{allowed} {path}")));
            let header = Some((ALLOW, HeaderValue::from_static(allowed)));
            return Err(Mistake { header, ..Mistake::of(StatusCode::METHOD_NOT_ALLOWED, mistake) });
        }
        match path {
            "/stats" => Ok(Asked::Stats),
            "/reset" => Ok(Asked::Reset),
            _ => Ok(Asked::Page { page: read_page(request, pages)?, attempt: read_attempt(request)? }),
        }
    }
}

impl Mistake {
    fn of(status: StatusCode, mistake: Diagnostic) -> Mistake {
        Mistake { status, sentence: mistake.to_string(), header: None }
    }
}

fn read_page(request: &Parts, pages: u64) -> Result<u64, Mistake> {
    let query = request.uri.query().unwrap_or_default();
    let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "page");
    let text = given.next().map(|(_, text)| text).unwrap_or_default();
    if let Some((_, again)) = given.next() {
        return Err(Mistake::of(StatusCode::BAD_REQUEST, Diagnostic::new("page", &again, "given once", None)));
    }
    whole("page", &text, 1, pages).map_err(|mistake| {
        // A number that no page has names something that is not there; anything else is no name of a page.
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        Mistake::of(if is_number { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST }, mistake)
    })
}

fn read_attempt(request: &Parts) -> Result<Option<u32>, Mistake> {
    let Some(value) = request.headers.get(ATTEMPT) else { return Ok(None) };
    let attempt = whole(ATTEMPT, &String::from_utf8_lossy(value.as_bytes()), 1, u32::MAX.into());
    attempt.map(|attempt| u32::try_from(attempt).ok()).map_err(|mistake| Mistake::of(StatusCode::BAD_REQUEST, mistake))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn read(method: &str, target: &str, attempt: Option<&str>) -> Result<Asked, Mistake> {
        let request = Request::builder().method(method).uri(target);
        let request = attempt.into_iter().fold(request, |request, attempt| request.header(ATTEMPT, attempt));
        Asked::read(&request.body(()).unwrap().into_parts().0, 600)
    }

    #[track_caller]
    fn check(target: &str, attempt: Option<&str>, expected: Asked) {
        assert_eq!(read("GET", target, attempt), Ok(expected), "{target}");
    }

    #[track_caller]
    fn check_mistake(asked: Result<Asked, Mistake>, status: u16, sentence: &str) {
        let mistake = asked.unwrap_err();
        assert_eq!((mistake.status.as_u16(), mistake.sentence.as_str()), (status, sentence));
    }

    #[test]
    fn pages_are_named_by_their_numbers() {
        check("/employees?page=1", None, Asked::Page { page: 1, attempt: None });
        check("/employees?page=%36%30%30&size=10", Some("1"), Asked::Page { page: 600, attempt: Some(1) });
        check("/employees?size=10&page=2", Some("4294967295"), Asked::Page { page: 2, attempt: Some(u32::MAX) });
        check("/stats?fresh", None, Asked::Stats);
        assert_eq!(read("POST", "/reset", None), Ok(Asked::Reset));
    }

    #[test]
    fn a_number_that_no_page_has_is_not_found_and_anything_else_is_no_page() {
        for (text, status, near) in [
            ("0", 404, " Did you mean 1?"),
            ("601", 404, " Did you mean 600?"),
            ("99999999999999999999999", 404, " Did you mean 600?"),
            ("-1", 400, " Did you mean 1?"),
            ("2.5", 400, " Did you mean 3?"),
            ("two", 400, ""),
            ("", 400, ""),
        ] {
            let sentence = format!("page: got “{text}”, but it must be a whole number from 1 to 600.{near}");
            check_mistake(read("GET", &format!("/employees?page={text}"), None), status, &sentence);
        }
        let sentence = "page: got “”, but it must be a whole number from 1 to 600.";
        check_mistake(read("GET", "/employees", None), 400, sentence);
        let sentence = "page: got “2”, but it must be given once.";
        check_mistake(read("GET", "/employees?page=1&page=2", None), 400, sentence);
    }

    #[test]
    fn an_attempt_is_counted_from_one() {
        for (text, near) in [("0", " Did you mean 1?"), ("4294967296", " Did you mean 4294967295?"), ("first", "")] {
            let sentence =
                format!("x-attempt: got “{text}”, but it must be a whole number from 1 to 4294967295.{near}");
            check_mistake(read("GET", "/employees?page=1", Some(text)), 400, &sentence);
        }
    }

    #[test]
    fn another_place_or_method_is_told_which_there_are() {
        let sentence = format!("path: got “/employee”, but it must be {PLACES}.");
        check_mistake(read("GET", "/employee?page=1", None), 404, &sentence);
        for (method, path, mend) in
            [("POST", "/employees", "GET"), ("HEAD", "/stats", "GET"), ("GET", "/reset", "POST")]
        {
            let sentence = format!("method: got “{method}”, but it must be {PLACES}. Did you mean {mend} {path}?");
            let asked = read(method, path, None);
            assert_eq!(asked.as_ref().unwrap_err().header, Some((ALLOW, HeaderValue::from_static(mend))));
            check_mistake(asked, 405, &sentence);
        }
    }
}
