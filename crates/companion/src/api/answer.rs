//! What is answered, when, and with which status.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine::network::{self, OK};
use engine::time::Nanos;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::api::asked::{Asked, Mistake};
use crate::api::config::ApiConfig;
use crate::api::counts::{Counted, Counts, Lasting, Stats};
use crate::api::employees::Page;

/// An answer, all of whose body is there.
pub type Answer = Response<Full<Bytes>>;

/// What all connections of a server share.
#[derive(Debug)]
pub struct Api {
    config: ApiConfig,
    counts: Arc<Counts>,
    /// How often each page failed since it last succeeded, for those who do not say which try theirs is.
    tries: Mutex<HashMap<u64, u32>>,
}

impl Api {
    /// A server of `config` that has served nothing yet.
    pub fn new(config: ApiConfig) -> Api {
        Api { config, counts: Arc::default(), tries: Mutex::default() }
    }

    /// What it is like.
    pub fn config(&self) -> &ApiConfig {
        &self.config
    }

    /// What it served so far.
    pub fn stats(&self) -> Stats {
        self.counts.stats()
    }

    /// Counts a connection, unless there are `most` already.
    pub fn connect(&self, most: u64) -> Option<Counted> {
        self.counts.enter(Lasting::Connection, most)
    }

    /// Answers what is asked. A page takes as long as the network draws; everything else is answered at once.
    pub async fn answer(&self, asked: Result<Asked, Mistake>) -> Answer {
        match asked {
            Ok(Asked::Page { page, attempt }) => self.page(page, attempt).await,
            Ok(Asked::Stats) => closing(json_answer(StatusCode::OK, &self.stats())),
            Ok(Asked::Reset) => {
                self.counts.clear();
                self.tries.lock().unwrap_or_else(PoisonError::into_inner).clear();
                closing(json_answer(StatusCode::OK, &json!({})))
            }
            Err(mistake) => {
                self.counts.serve(mistake.status.as_u16());
                let mut answer = error(mistake.status, &mistake.sentence);
                answer.headers_mut().extend(mistake.header);
                answer
            }
        }
    }

    /// Says that there are `most` of `what` already, and when to try again.
    ///
    /// The status is 503 and not 429: nobody asked too often, there is only more than can be served; and no failure that
    /// the network draws has this status.
    pub fn refuse(&self, what: &str, most: u64) -> Answer {
        let wait = self.worth_waiting();
        let sentence =
            format!("There are {most} {what} already, and no more are served at once: try again after {wait} s.");
        let mut answer = error(StatusCode::SERVICE_UNAVAILABLE, &sentence);
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
        answer
    }

    async fn page(&self, page: u64, attempt: Option<u32>) -> Answer {
        let limit = self.config.limit.unwrap_or(u64::MAX);
        let Some(under_way) = self.counts.enter(Lasting::Request, limit) else {
            return self.refuse("requests", limit);
        };
        let (attempt, drawn) = self.draw(page, attempt);
        let latency = self.config.speed.shorten(drawn.latency);
        if latency > Nanos::ZERO {
            // The timer's turns are a millisecond long: an answer comes up to one late, never early.
            tokio::time::sleep(Duration::from(latency)).await;
        }
        // Before the answer leaves: whoever has it may ask for the next page within the limit.
        drop(under_way);
        self.counts.serve(drawn.status);
        match StatusCode::from_u16(drawn.status) {
            Ok(StatusCode::OK) => json_answer(StatusCode::OK, &Page::new(self.config.seed, page, self.config.pages)),
            status => {
                let sentence = format!("Page {page} failed at attempt {attempt}, as its seed will have it: try again.");
                error(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &sentence)
            }
        }
    }

    /// Draws the answer to a try of `page`. Where nobody says which try it is, it is the first since the page last
    /// succeeded, or the one after the last that failed.
    fn draw(&self, page: u64, attempt: Option<u32>) -> (u32, network::Response) {
        let respond = |attempt| (attempt, self.config.network.respond(self.config.seed, page, attempt));
        if let Some(attempt) = attempt {
            return respond(attempt);
        }
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let (attempt, drawn) = respond(tries.get(&page).map_or(1, |failed| failed.saturating_add(1)));
        match drawn.status {
            OK => drop(tries.remove(&page)),
            _ => drop(tries.insert(page, attempt)),
        }
        (attempt, drawn)
    }

    /// After how many seconds something that is under way has probably ended.
    fn worth_waiting(&self) -> u64 {
        let mean = self.config.speed.shorten(self.config.network.latency.mean());
        (mean.as_secs_f64().ceil() as u64).max(1)
    }
}

fn error(status: StatusCode, sentence: &str) -> Answer {
    json_answer(status, &json!({ "error": sentence }))
}

fn json_answer(status: StatusCode, body: &impl Serialize) -> Answer {
    // Nothing that is answered has a key or a number that JSON cannot write.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// The answer, and with it the end of its connection: who asks about the counts shall not stay among them.
fn closing(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::{Pin, pin};
    use std::task::Poll;

    use engine::network::{FailureRate, Latency};
    use http_body_util::BodyExt;
    use serde_json::Value;

    use super::*;

    fn api(latency_s: u64, failures: f64, limit: Option<u64>) -> Api {
        let mut config = ApiConfig { limit, ..ApiConfig::immediate() };
        config.network.latency = Latency::Constant(Nanos(latency_s * 1_000_000_000));
        config.network.failure_rate = FailureRate::new(failures).unwrap();
        Api::new(config)
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn page(page: u64, attempt: Option<u32>) -> Result<Asked, Mistake> {
        Ok(Asked::Page { page, attempt })
    }

    async fn body(answer: Answer) -> Value {
        serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    /// Whether the answer is still to come once all has happened that can happen without time passing.
    async fn is_under_way(answer: &mut Pin<&mut impl Future<Output = Answer>>) -> bool {
        poll_fn(|context| Poll::Ready(answer.as_mut().poll(context).is_pending())).await
    }

    #[test]
    fn each_try_meets_what_a_prediction_draws_for_it() {
        block_on(async {
            let api = api(0, 0.6, None);
            let drawn = |page, attempt| api.config.network.respond(api.config.seed, page, attempt).status;
            let mut counts = std::collections::BTreeMap::new();
            for number in 1..=60 {
                // From the last to the first: the order in which tries come decides nothing.
                for attempt in (1..=4).rev() {
                    let status = api.answer(page(number, Some(attempt))).await.status().as_u16();
                    assert_eq!(status, drawn(number, attempt), "page {number}, attempt {attempt}");
                    *counts.entry(status).or_insert(0_u64) += 1;
                }
            }
            assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [200, 500, 502, 504]);
            assert_eq!(api.stats().served, counts);
        });
    }

    #[test]
    fn tries_that_nobody_numbers_are_numbered_until_the_page_succeeds() {
        block_on(async {
            let api = api(0, 0.6, None);
            let drawn = |page, attempt| api.config.network.respond(api.config.seed, page, attempt).status;
            for round in ["first", "second"] {
                for number in 1..=60 {
                    for attempt in 1.. {
                        // Whoever numbers tries does not disturb those who do not.
                        api.answer(page(number, Some(9))).await;
                        let status = api.answer(page(number, None)).await.status().as_u16();
                        assert_eq!(status, drawn(number, attempt), "{round} time, page {number}, attempt {attempt}");
                        if status == OK {
                            break;
                        }
                    }
                }
            }
            let failing = (1..).find(|page| drawn(*page, 1) != drawn(*page, 2)).unwrap();
            api.answer(page(failing, None)).await;
            api.answer(Ok(Asked::Reset)).await;
            assert_eq!(api.answer(page(failing, None)).await.status().as_u16(), drawn(failing, 1));
        });
    }

    #[test]
    fn a_page_is_json_and_so_is_what_says_no() {
        block_on(async {
            let answer = api(0, 0.0, None).answer(page(600, None)).await;
            assert_eq!(
                (answer.status(), &answer.headers()[CONTENT_TYPE]),
                (StatusCode::OK, &"application/json".parse().unwrap())
            );
            let page_600 = body(answer).await;
            assert_eq!((&page_600["page"], &page_600["pages"]), (&json!(600), &json!(600)));
            let employees = page_600["employees"].as_array().unwrap();
            assert!(employees.iter().map(|employee| employee["id"].as_u64().unwrap()).eq(5991..=6000));
            let failed = api(0, 1.0, None).answer(page(3, Some(2))).await;
            assert!(network::FAILURES.contains(&failed.status().as_u16()));
            let sentence = "Page 3 failed at attempt 2, as its seed will have it: try again.";
            assert_eq!(body(failed).await, json!({ "error": sentence }));
        });
    }

    #[test]
    fn what_is_above_the_limit_is_refused_until_something_ends() {
        block_on(async {
            let api = api(60, 1.0, Some(2));
            let mut first = pin!(api.answer(page(1, None)));
            assert!(is_under_way(&mut first).await);
            {
                let mut second = pin!(api.answer(page(2, None)));
                assert!(is_under_way(&mut second).await);
                let refused = api.answer(page(3, None)).await;
                assert_eq!(
                    (refused.status(), &refused.headers()[RETRY_AFTER]),
                    (StatusCode::SERVICE_UNAVAILABLE, &"60".parse().unwrap())
                );
                let sentence = "There are 2 requests already, and no more are served at once: try again after 60 s.";
                assert_eq!(body(refused).await, json!({ "error": sentence }));
                // Questions about the counts are within every limit.
                assert_eq!(api.answer(Ok(Asked::Stats)).await.status(), StatusCode::OK);
            }
            // Whoever asked for the second is gone, and there is room.
            let mut third = pin!(api.answer(page(3, None)));
            assert!(is_under_way(&mut third).await);
            let stats = api.stats();
            assert_eq!((stats.requests.now, stats.requests.most, stats.refused.requests), (2, 2, 1));
            assert!(stats.served.is_empty());
            // A try that was refused was none: page 3 is at its first.
            assert_eq!(api.tries.lock().unwrap().get(&3), Some(&1));
        });
    }
}
