//! Work in parallel, politely: at most two at a time for each host.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::thread;

/// Requests under way at one host.
const PER_HOST: usize = 2;

/// Does each task, told apart by host; results come in the order of the tasks.
pub(super) fn each<T: Send, R: Send>(tasks: Vec<(String, T)>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let mut results: Vec<Option<R>> = vec![];
    results.resize_with(tasks.len(), || None);
    let mut hosts: BTreeMap<String, VecDeque<(usize, T)>> = BTreeMap::new();
    for (place, (host, task)) in tasks.into_iter().enumerate() {
        hosts.entry(host).or_default().push_back((place, task));
    }
    let queues: Vec<_> = hosts.into_values().map(Mutex::new).collect();
    let results = Mutex::new(results);
    thread::scope(|scope| {
        for queue in &queues {
            for _ in 0..PER_HOST {
                scope.spawn(|| {
                    while let Some((place, task)) = next(queue) {
                        let result = work(task);
                        if let Ok(mut results) = results.lock() {
                            results[place] = Some(result);
                        }
                    }
                });
            }
        }
    });
    let results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.into_iter().flatten().collect()
}

fn next<T>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    queue.lock().ok()?.pop_front()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn two_for_each_host_and_hosts_side_by_side() {
        // The first two of each host wait for each other: with less at once this never ends.
        let meeting = Barrier::new(4);
        let running = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let tasks = (0..12).map(|n| (["a", "b"][n % 2].to_owned(), n)).collect();
        let results = each(tasks, |n| {
            let at_once = running[n % 2].fetch_add(1, Ordering::SeqCst) + 1;
            assert!(at_once <= PER_HOST);
            if n < 4 {
                meeting.wait();
            }
            running[n % 2].fetch_sub(1, Ordering::SeqCst);
            n * 10
        });
        assert_eq!(results, (0..12).map(|n| n * 10).collect::<Vec<_>>());
    }
}
