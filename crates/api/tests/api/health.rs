//! `/health` reports problems of the threads behind it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::Duration;

use ddvs_api::Feeder;

use crate::server::{Server, unlimited};

/// A server with a separate feed, and that feed's other end.
fn server() -> (Server, Feeder) {
    let (sender, receiver) = channel();
    let server = Server::with_feed(
        unlimited(),
        |running| Arc::new(running.live.clone()),
        |running| {
            let (feeder, feed, _) =
                Feeder::start(running.index.clone(), running.metrics.clone()).unwrap();
            sender.send(feeder).unwrap();
            feed
        },
    );
    (server, receiver.recv().unwrap())
}

fn health(server: &Server) -> (u16, String) {
    let answer = server.http.get("/health");
    (answer.status, answer.text)
}

#[test]
fn temporary_trouble_is_reported_until_it_passes() {
    let (server, feeder) = server();
    let ok = (200, "ok\n".to_owned());
    assert_eq!(health(&server), ok);
    feeder.tell_trouble(Some("no node answers".to_owned()));
    assert_eq!(health(&server), (503, "no node answers\n".to_owned()));
    feeder.tell_trouble(None);
    assert_eq!(health(&server), ok);
    feeder.beat("blocks", Duration::ZERO);
    std::thread::sleep(Duration::from_millis(2));
    let (status, said) = health(&server);
    assert_eq!(status, 503);
    assert!(said.contains("`blocks` has stood still"), "{said}");
    feeder.beat("blocks", Duration::from_secs(3_600));
    assert_eq!(health(&server), ok);
}

#[test]
fn a_thread_that_panics_is_told() {
    let (server, feeder) = server();
    let stop = Arc::new(AtomicBool::new(false));
    let thread = feeder.spawn("blocks", stop.clone(), |_| panic!("out of luck"));
    thread.unwrap().join().unwrap();
    let (status, said) = health(&server);
    assert_eq!(status, 503);
    assert!(said.contains("`blocks` panicked: out of luck"), "{said}");
    // later errors do not hide it
    let thread = feeder.spawn("others", stop, |_| anyhow::bail!("nothing comes"));
    thread.unwrap().join().unwrap();
    assert_eq!(health(&server).1, said);
}

#[test]
fn thread_that_ends_unasked_is_reported() {
    let (server, feeder) = server();
    let stop = Arc::new(AtomicBool::new(true));
    let thread = feeder.spawn("asked", stop, |_| Ok(()));
    thread.unwrap().join().unwrap();
    assert_eq!(health(&server).0, 200);
    let thread = feeder.spawn("blocks", Arc::default(), |_| Ok(()));
    thread.unwrap().join().unwrap();
    let (status, said) = health(&server);
    assert_eq!(
        (status, &*said),
        (503, "the thread `blocks` ended by itself\n")
    );
}
