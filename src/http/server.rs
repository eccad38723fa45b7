//! The router on a socket: bounds on headers and their time, an end that lets answers finish.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use super::half_closed::HalfClosed;
use super::links::Peer;

/// A client has this long to send its headers.
const HEADERS_TIME: Duration = Duration::from_secs(30);

/// A client that takes nothing of its answer for this long is let go.
const UNREAD_TIME: Duration = Duration::from_secs(60);

/// Answers under way may take this long to end when the server stops.
const GRACE: Duration = Duration::from_secs(15);

/// Bytes of one request's headers, at most: room for the longest address and what proxies add.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Serves until `stop` resolves, then lets the answers under way finish.
pub async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME)
        .max_buf_size(MAX_HEADER_BYTES);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, from) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or the client went at once: neither ends the server.
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // Small answers are not held back; failing to say so costs speed only.
        let _ = stream.set_nodelay(true);
        // A client that reads nothing keeps its answer in memory no longer than this.
        let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(UNREAD_TIME));
        let routes = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(from.ip()));
            let answer = routes.call(request);
            async move {
                let mut response = answer.await?;
                if response.status() == StatusCode::NO_CONTENT {
                    // axum gives every answer a length; this one must have none (RFC 9110, 8.6), nor may its HEAD.
                    response.headers_mut().remove(CONTENT_LENGTH);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(HalfClosed::new(stream)), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended early: {error}");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers did not end within {} s and were cut", GRACE.as_secs());
    }
}
