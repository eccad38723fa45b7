//! The fences of the loading process: how much it may use, what it may see, what it may ask of the
//! system.
//!
//! - limits: address space, file size, processor time, no core dump; it ends with its parent;
//! - sight (Landlock): reads the source's folder, GDAL's and PROJ's data and shared libraries;
//!   writes its output folder only;
//! - calls (seccomp): no sockets, no other programs, no look into other processes.
//!
//! A process that reads a database sees no source; it may open streams, by IP to the database's port only (where the
//! kernel's Landlock knows ports).
//!
//! Where the system lacks a fence the others stand, and the process says so.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::job::Job;

/// What GDAL, PROJ and the loader of shared libraries read, besides the source.
const SYSTEM: [&str; 10] = [
    "/usr/share/proj",
    "/usr/share/gdal",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/local/share/proj",
    "/usr/local/share/gdal",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
];

/// Raises all fences; returns what could not be raised, in words.
pub(super) fn raise(job: &Job, out: &Path) -> Vec<String> {
    let mut missing = vec![];
    let mut note = |what: &str, result: Result<(), String>| {
        if let Err(reason) = result {
            missing.push(format!("{what}: {reason}"));
        }
    };
    note("limits of the loading process", limits(job));
    let (source, reach) = match &job.database {
        Some(access) => (None, Reach::Database(access.port)),
        None => (Some(job.source.as_path()), Reach::Nothing),
    };
    note("its sight", sight(source, out, reach));
    note("its calls", calls(reach));
    missing
}

#[allow(unsafe_code)] // The system's C interface.
fn limits(job: &Job) -> Result<(), String> {
    let seconds = job.limits.time.as_secs().max(1);
    let wanted = [
        (libc::RLIMIT_AS, job.limits.memory_bytes),
        (libc::RLIMIT_FSIZE, job.limits.file_bytes),
        // Two threads may use a processor each.
        (libc::RLIMIT_CPU, seconds.saturating_mul(2)),
        (libc::RLIMIT_CORE, 0),
    ];
    let mut failed = Ok(());
    for (what, value) in wanted {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: limits of our own process. What was lower already stays.
        let set = unsafe {
            libc::getrlimit(what, &raw mut limit);
            limit.rlim_max = limit.rlim_max.min(value);
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(what, &raw const limit)
        };
        if set != 0 {
            failed = Err(std::io::Error::last_os_error().to_string());
        }
    }
    // SAFETY: plain numbers; from here on the process ends with its parent and gains no rights.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
    // What is too large gives an error instead of ending the process.
    // SAFETY: ignoring a signal.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    failed
}

/// The folder that a source is seen in: its sidecars lie beside it.
fn folder_of(source: &Path) -> PathBuf {
    let real = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    real.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

/// What it may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Nobody.
    Nothing,
    /// A database on this port, or one by its Unix socket.
    Database(u16),
}

fn sight(source: Option<&Path>, out: &Path, reach: Reach) -> Result<(), String> {
    let abi = ABI::V3;
    let words = |e: &dyn std::fmt::Display| e.to_string();
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp))
        .and_then(Ruleset::create)
        .map_err(|e| words(&e))?;
    if let Reach::Database(port) = reach {
        let rule = NetPort::new(port, AccessNet::ConnectTcp);
        rules = rules.add_rule(rule).map_err(|e| words(&e))?;
    }
    let own = ["PROJ_LIB", "PROJ_DATA", "GDAL_DATA"]
        .iter()
        .filter_map(std::env::var_os);
    let own = own.flat_map(|v| std::env::split_paths(&v).collect::<Vec<_>>());
    let asked = source.and_then(Path::parent).map(Path::to_owned);
    let read = SYSTEM
        .iter()
        .map(PathBuf::from)
        .chain(own)
        .chain(source.map(folder_of))
        .chain(asked);
    let read = read.map(|p| (p, AccessFs::from_read(abi)));
    for (path, access) in read.chain([(out.to_owned(), AccessFs::from_all(abi))]) {
        let path = if path.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            path
        };
        let Ok(fd) = PathFd::new(&path) else {
            continue;
        };
        let access = if path.is_file() {
            access & AccessFs::from_file(abi)
        } else {
            access
        };
        rules = rules.add_rule(PathBeneath::new(fd, access)).map_err(|e| words(&e))?;
    }
    // What a parser opens for nothing but entropy or emptiness.
    for device in ["/dev/null", "/dev/urandom"] {
        if OpenOptions::new().read(true).open(device).is_ok()
            && let Ok(fd) = PathFd::new(device)
        {
            let access = AccessFs::ReadFile | AccessFs::WriteFile;
            rules = rules.add_rule(PathBeneath::new(fd, access)).map_err(|e| words(&e))?;
        }
    }
    let status = rules.restrict_self().map_err(|e| words(&e))?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel has no Landlock".into()),
        _ => Ok(()),
    }
}

fn calls(reach: Reach) -> Result<(), String> {
    let denied = [
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_io_uring_setup,
        libc::SYS_mount,
        libc::SYS_keyctl,
        libc::SYS_bpf,
    ];
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = denied.iter().map(|call| (*call, vec![])).collect();
    if reach != Reach::Nothing {
        rules.remove(&libc::SYS_connect);
        rules.insert(libc::SYS_socket, no_other_sockets().map_err(|e| e.to_string())?);
    }
    let arch = std::env::consts::ARCH.try_into();
    let arch = arch.map_err(|e: seccompiler::BackendError| e.to_string())?;
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM.unsigned_abs()),
        arch,
    )
    .map_err(|e| e.to_string())?;
    let program: BpfProgram = filter
        .try_into()
        .map_err(|e: seccompiler::BackendError| e.to_string())?;
    seccompiler::apply_filter(&program).map_err(|e| e.to_string())
}

/// Sockets that are denied to whom may connect: all but streams to this machine and by IP.
fn no_other_sockets() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let is = |argument, how, value: i32| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, u64::from(value.unsigned_abs()))
    };
    let family = |family| is(0, SeccompCmpOp::Ne, family);
    // The low four bits are the kind, above them are flags.
    let kind = |kind| is(1, SeccompCmpOp::MaskedEq(0xf), kind);
    Ok(vec![
        SeccompRule::new(vec![
            family(libc::AF_UNIX)?,
            family(libc::AF_INET)?,
            family(libc::AF_INET6)?,
        ])?,
        SeccompRule::new(vec![kind(libc::SOCK_DGRAM)?])?,
        SeccompRule::new(vec![kind(libc::SOCK_RAW)?])?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind::PermissionDenied;
    use std::{fs, net, thread};

    // Sight and calls are fenced per thread, so that a thread of its own is fenced here.

    #[test]
    fn a_fenced_thread_sees_its_source_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for name in ["in", "out", "elsewhere"] {
            fs::create_dir(at(name)).unwrap();
        }
        for name in ["in/a.shp", "in/a.dbf", "elsewhere/b"] {
            fs::write(at(name), "x").unwrap();
        }
        let check = || {
            if let Err(reason) = sight(Some(&at("in/a.shp")), &at("out"), Reach::Nothing) {
                assert!(reason.contains("Landlock"), "{reason}");
                return;
            }
            assert!(fs::read(at("in/a.dbf")).is_ok());
            assert!(fs::write(at("out/0.base"), "x").is_ok());
            assert!(fs::rename(at("out/0.base"), at("out/1.base")).is_ok());
            let denied = |result: std::io::Result<()>| assert_eq!(result.unwrap_err().kind(), PermissionDenied);
            denied(fs::write(at("in/a.gfs"), "x"));
            denied(fs::read(at("elsewhere/b")).map(|_| ()));
            denied(fs::read("/etc/passwd").map(|_| ()));
            denied(fs::read_dir("/").map(|_| ()));
        };
        thread::scope(|scope| scope.spawn(check).join()).unwrap();
    }

    #[test]
    fn a_fenced_thread_has_no_network_and_starts_no_program() {
        let check = || {
            calls(Reach::Nothing).unwrap();
            let asked = net::TcpListener::bind("127.0.0.1:0");
            assert_eq!(asked.unwrap_err().kind(), PermissionDenied);
            assert!(std::process::Command::new("/bin/true").status().is_err());
        };
        thread::scope(|scope| scope.spawn(check).join()).unwrap();
    }

    #[test]
    fn a_reader_of_a_database_reaches_its_port_and_sees_no_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "x").unwrap();
        fs::create_dir(folder.path().join("out")).unwrap();
        let [database, other] = [0, 0].map(|_| net::TcpListener::bind("127.0.0.1:0").unwrap());
        let [database, other] = [&database, &other].map(|l| l.local_addr().unwrap());
        let check = || {
            let reach = Reach::Database(database.port());
            if let Err(reason) = sight(None, &folder.path().join("out"), reach) {
                assert!(reason.contains("Landlock"), "{reason}");
            } else {
                assert_eq!(
                    fs::read(folder.path().join("a.csv")).unwrap_err().kind(),
                    PermissionDenied
                );
            }
            calls(reach).unwrap();
            net::TcpStream::connect(database).unwrap();
            // Older kernels' Landlock knows no ports.
            if let Err(error) = net::TcpStream::connect(other) {
                assert_eq!(error.kind(), PermissionDenied);
            }
            assert_eq!(
                net::UdpSocket::bind("127.0.0.1:0").unwrap_err().kind(),
                PermissionDenied
            );
            assert_eq!(
                net::TcpListener::bind("127.0.0.1:0").unwrap_err().kind(),
                PermissionDenied
            );
        };
        thread::scope(|scope| scope.spawn(check).join()).unwrap();
    }
}
