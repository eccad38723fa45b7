//! A client that has sent all it will send: gone, or waiting for its answer.
//!
//! TCP says the same of both: the stream ends. A client that shut its sending side still wants the
//! answer (`nc -N`, simple scripts); work for one that has gone has to stop. So the end is told a moment
//! later: an answer that is made within it is sent, and one that is being sent is sent to its end.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long an end is kept back while nothing is written. Work for a client that has gone stops within
/// 50 ms (DESIGN §3, Limits); the rest is for hearing of it.
const MOMENT: Duration = Duration::from_millis(30);

/// A stream whose end is told a moment later.
pub(super) struct HalfClosed<S> {
    stream: S,
    /// Once it has ended: when to say so.
    ended: Option<Pin<Box<Sleep>>>,
    /// The answer waits for the client to take some of it.
    blocked: bool,
}

impl<S> HalfClosed<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            ended: None,
            blocked: false,
        }
    }

    fn wrote<T>(&mut self, result: &Poll<T>) {
        self.blocked = result.is_pending();
        if let Some(timer) = &mut self.ended {
            timer.as_mut().reset(Instant::now() + MOMENT);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HalfClosed<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ended.is_none() {
            let (before, room) = (buf.filled().len(), buf.remaining());
            ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
            if buf.filled().len() > before || room == 0 {
                return Poll::Ready(Ok(()));
            }
        }
        let timer = this.ended.get_or_insert_with(|| Box::pin(sleep(MOMENT)));
        if this.blocked {
            // Whoever waits to write is woken when there is room, and reads again then.
            return Poll::Pending;
        }
        timer.as_mut().poll(cx).map(Ok)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HalfClosed<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.wrote(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn an_answer_outlives_the_end_of_the_question() {
        let (mut client, server) = tokio::io::duplex(8);
        let mut server = HalfClosed::new(server);
        client.write_all(b"question").await.unwrap();
        client.shutdown().await.unwrap();
        let mut question = [0; 8];
        server.read_exact(&mut question).await.unwrap();
        // The end is not told at once: there is time to begin the answer.
        let mut byte = [0; 1];
        tokio::select! {
            biased;
            read = server.read(&mut byte) => assert!(read.is_err(), "the end came at once: {read:?}"),
            () = tokio::task::yield_now() => {}
        }
        let answer = tokio::spawn(async move {
            let mut all = vec![];
            client.read_to_end(&mut all).await.map(|_| all)
        });
        server.write_all(b"a longer answer than the pipe holds").await.unwrap();
        // And then it is told.
        assert_eq!(server.read(&mut byte).await.unwrap(), 0);
        drop(server);
        assert_eq!(answer.await.unwrap().unwrap(), b"a longer answer than the pipe holds");
    }
}
