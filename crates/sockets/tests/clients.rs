//! Threads and event loops ask a service that does what real ones do: it keeps connections and drops them, refuses, fails and
//! answers nonsense. What a request comes to and which connections are used must be the same for both.

use std::collections::HashMap;
use std::future::{Future, ready};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use engine::executor::{Executor, Platform, Unpark};
use engine::measure::{Selector, Transport};
use engine::network::{OK, Responded};
use engine::time::Nanos;
use sockets::poll::Poll;
use sockets::session::Session;
use sockets::{Sessions, Sockets};

type Answer = Result<Responded, String>;

const WELL: Answer = Ok(Responded { status: OK, retry_after: None });

#[test]
fn a_connection_is_used_again_and_dropped_ones_are_replaced() {
    for client in CLIENTS {
        let service = Service::start();
        let answers = client.ask_in_turn(&service, &[1, 2, CLOSES, 4, 5]);
        assert_eq!(answers, [WELL, WELL, WELL, WELL, WELL], "{client:?}");
        // The connection is closed after the third page, which the client may notice only when it uses it again.
        assert_eq!(service.connections(), [vec![1, 2, CLOSES], vec![4, 5]], "{client:?}");
    }
}

#[test]
fn statuses_and_the_wish_to_be_left_alone_are_handed_on() {
    for client in CLIENTS {
        let service = Service::start();
        let answers = client.ask_in_turn(&service, &[FAILS, BUSY, 1]);
        let busy = Responded { status: 503, retry_after: Some(Nanos(7_000_000_000)) };
        assert_eq!(answers, [Ok(Responded { status: 502, retry_after: None }), Ok(busy), WELL], "{client:?}");
        assert_eq!(service.connections().len(), 1, "{client:?}: a failure is no reason to connect again");
    }
}

#[test]
fn an_answer_that_is_none_is_told_in_a_sentence() {
    for client in CLIENTS {
        let service = Service::start();
        for (page, said) in [(NONSENSE, "are no page"), (ANOTHER, "was given page 1"), (CUT_OFF, "failed")] {
            let answers = client.ask_in_turn(&service, &[page]);
            assert!(matches!(&answers[..], [Err(reason)] if reason.contains(said)), "{client:?}: {answers:?}");
        }
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let answers = client.ask(nobody, &[1]);
        assert!(matches!(&answers[..], [Err(reason)] if reason.contains(&nobody.to_string())), "{answers:?}");
    }
}

/// All requests are under way before the first answer is given.
#[test]
fn a_loop_has_as_many_requests_under_way_as_it_has_tasks() {
    const TOGETHER: u64 = 40;
    let service = Service::start_with(TOGETHER as usize);
    let pages: Vec<u64> = (1..=TOGETHER).collect();
    let (address, wanted) = (service.address, pages.clone());
    let answers = on_a_loop(address, move |session, executor| async move {
        let ask = |page| {
            let session = Rc::clone(&session);
            executor.spawn(async move { session.request(page, 1).await })
        };
        let tasks: Vec<_> = wanted.into_iter().map(ask).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    });
    assert_eq!(answers, vec![WELL; pages.len()]);
    assert_eq!(service.connections().len(), pages.len());
}

/// A session that all share gives a thread whichever connection is idle; one of its own, only its own.
#[test]
fn threads_share_connections_only_where_they_share_a_session() {
    for (sessions, connections) in [(Sessions::Shared(4), 1), (Sessions::Own, 3)] {
        let service = Service::start();
        let sockets = Arc::new(Sockets::new(service.address, sessions));
        for page in 1..=3 {
            let sockets = Arc::clone(&sockets);
            assert_eq!(thread::spawn(move || sockets.exchange(page, 1)).join().unwrap(), WELL);
        }
        assert_eq!(service.connections().len(), connections, "{sessions:?}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Client {
    Thread,
    Loop,
}

const CLIENTS: [Client; 2] = [Client::Thread, Client::Loop];

impl Client {
    fn ask_in_turn(self, service: &Service, pages: &[u64]) -> Vec<Answer> {
        self.ask(service.address, pages)
    }

    fn ask(self, address: SocketAddr, pages: &[u64]) -> Vec<Answer> {
        let pages = pages.to_vec();
        match self {
            Client::Thread => {
                let sockets = Sockets::new(address, Sessions::Own);
                pages.iter().map(|page| sockets.exchange(*page, 1)).collect()
            }
            Client::Loop => on_a_loop(address, |session, _| async move {
                let mut answers = Vec::new();
                for page in pages {
                    answers.push(session.request(page, 1).await);
                }
                answers
            }),
        }
    }
}

/// Runs `main` on the engine's executor, which waits with the session's selector.
fn on_a_loop<T: 'static, F: Future<Output = T> + 'static>(
    address: SocketAddr,
    main: impl FnOnce(Rc<Session>, Executor<OnSelector>) -> F,
) -> T {
    let session = Rc::new(Session::new(address, Poll::new().unwrap()));
    let executor = Executor::new(OnSelector { session: Rc::clone(&session), start: Instant::now() });
    let _answers = executor.expect_wakes();
    let mut run = Box::pin(executor.run(main(session, executor.clone())));
    match run.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(result) => result.unwrap(),
        std::task::Poll::Pending => panic!("it gave way instead of waiting"),
    }
}

struct OnSelector {
    session: Rc<Session>,
    start: Instant,
}

impl Platform for OnSelector {
    fn now(&self) -> Nanos {
        self.start.elapsed().into()
    }

    fn park(&self, deadline: Option<Nanos>) -> impl Future<Output = ()> {
        self.session.wait(deadline.map(|deadline| deadline.since(self.now()).into()));
        ready(())
    }

    fn look(&self) {
        self.session.wait(Some(Duration::ZERO));
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        self.session.unparker()
    }
}

const CLOSES: u64 = 1001;
const FAILS: u64 = 1002;
const BUSY: u64 = 1003;
const NONSENSE: u64 = 1004;
const ANOTHER: u64 = 1005;
const CUT_OFF: u64 = 1006;

/// A service with a thread for each connection.
struct Service {
    address: SocketAddr,
    seen: Arc<Mutex<HashMap<usize, Vec<u64>>>>,
}

impl Service {
    fn start() -> Service {
        Service::start_with(1)
    }

    /// Answers nobody before so many have asked.
    fn start_with(together: usize) -> Service {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(HashMap::<usize, Vec<u64>>::new()));
        let (told, all) = (Arc::clone(&seen), Arc::new(std::sync::Barrier::new(together)));
        thread::spawn(move || {
            for (number, connection) in listener.incoming().map_while(Result::ok).enumerate() {
                let (told, all) = (Arc::clone(&told), Arc::clone(&all));
                thread::spawn(move || {
                    serve(connection, |page| told.lock().unwrap().entry(number).or_default().push(page), &all)
                });
            }
        });
        Service { address, seen }
    }

    /// The pages that were asked for on each connection.
    fn connections(&self) -> Vec<Vec<u64>> {
        let seen = self.seen.lock().unwrap();
        (0..seen.len()).map(|number| seen[&number].clone()).collect()
    }
}

fn serve(mut connection: TcpStream, tell: impl Fn(u64), all: &std::sync::Barrier) {
    let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
    while let Some(Ok(first)) = lines.next() {
        let page: u64 = first.split(['=', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        tell(page);
        all.wait();
        let number = if page == ANOTHER { 1 } else { page };
        let json = format!(r#"{{"page":{number},"pages":9,"employees":[{{"id":1,"name":"Ada"}}]}}"#);
        let answer = match page {
            FAILS => "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
            BUSY => "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
            NONSENSE => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".to_owned(),
            CUT_OFF => "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{".to_owned(),
            _ => format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{json}", json.len()),
        };
        // An error says that the client has gone.
        let _ = connection.write_all(answer.as_bytes());
        if [CLOSES, CUT_OFF].contains(&page) {
            return;
        }
    }
}
