//! `terril serve`: sources in, a service on a socket out.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::archivist;
use super::args::ServeArgs;
use super::config::Config;
use super::keeper::{Event, Keeper};
use super::loading::Plan;
use super::opening::Audience;
use super::signals::{Asked, Signals};
use super::state::State;
use super::{keys, logs, memory};
use crate::http;
use crate::load::remote::Remotes;
use crate::load::sources;
use crate::model::role::Label;
use crate::serve::admin::Token;
use crate::serve::loads::{Loads, SourceState};
use crate::serve::proxies::Proxies;
use crate::serve::state::{App, Settings};
use crate::serve::versions::{KEPT, MOST_KEPT, Task, Unkept, Versions};
use crate::serve::work::Workers;
use crate::store::Catalog;
use crate::store::versions::Shelf;

/// Runs the command until it is told to stop.
///
/// # Errors
/// A wrong configuration, no source, a port or state folder in use; and where nothing can be served.
pub(super) fn run(args: ServeArgs) -> anyhow::Result<()> {
    logs::start();
    keys::check_environment(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
    let config = Config::find(args.config.as_deref(), &args.paths)?;
    let address = address(&args, &config)?;
    let settings = settings(&args, &config)?;
    let (paths, remotes) = config.addresses(&args.paths)?;
    let sources = find_sources(&paths)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The port is taken before the loads begin: a second server learns of it at once.
    let listener = runtime.block_on(TcpListener::bind(address)).with_context(|| {
        format!("{address} can't be listened on; another program may hold it: choose another with --port")
    })?;
    let named = args.state.clone().or_else(|| config.state.clone());
    let state = State::take(named.as_deref(), &paths)?;
    let remotes = remotes.with_downloads(state.downloads());
    let plan = plan(&args, &config, address.ip(), (paths, remotes), state.bases())?;
    let (versions, tasks) = versions(&args, &config, &state)?;
    let app = Arc::new(App {
        catalog: Catalog::default(),
        settings,
        loads: Loads::default(),
        versions,
        workers: Workers::default(),
        look: Notify::new(),
    });
    let bound = listener.local_addr()?;
    let archivist = archivist::start(Arc::clone(&app), tasks, Arc::clone(&plan.stopping));
    let served = runtime.block_on(serve(listener, bound, Arc::clone(&app), sources, plan, config));
    app.versions.end();
    // A panic there was said there.
    let _ = archivist.join();
    // A job that does not hear its stop can't hold the end up.
    runtime.shutdown_timeout(Duration::from_secs(5));
    served
}

async fn serve(
    listener: TcpListener,
    bound: SocketAddr,
    app: Arc<App>,
    sources: Vec<PathBuf>,
    plan: Plan,
    config: Config,
) -> anyhow::Result<()> {
    // Before the address is out: who asks at once is told that the sources are on their way, and who sends a signal
    // is heard.
    sources.iter().for_each(|s| app.loads.set(s, SourceState::Loading));
    app.loads.set_deriving(true);
    let mut signals = Signals::take()?;
    println!("http://{}/", shown(bound));
    tracing::info!(address = %bound, sources = sources.len(), "listening");
    let stopping = Arc::clone(&plan.stopping);
    let (tell, events) = mpsc::channel();
    let keeper = Keeper::new(Arc::clone(&app), plan, config, (tell.clone(), events));
    let mut keeper = tokio::task::spawn_blocking(move || keeper.run(sources));
    let (give_up, mut given_up) = tokio::sync::watch::channel(false);
    let to_keeper = tell.clone();
    let asked_for = Arc::clone(&app);
    let stop = async move {
        loop {
            tokio::select! {
                asked = signals.next() => match asked {
                    // The keeper is gone only where the server is about to be.
                    Asked::Look => drop(to_keeper.send(Event::Look)),
                    Asked::Stop => return tracing::info!("stopping: answers under way may end"),
                },
                () = asked_for.look.notified() => drop(to_keeper.send(Event::Look)),
                _ = given_up.changed() => return,
            }
        }
    };
    let mut server = tokio::spawn(http::server::run(listener, http::router(app), stop));
    tokio::select! {
        // Nothing can be served.
        kept = &mut keeper => {
            give_up.send_replace(true);
            server.await?;
            kept?
        }
        ended = &mut server => {
            stopping.store(true, Ordering::Relaxed);
            let _ = tell.send(Event::Stop);
            ended?;
            keeper.await?
        }
    }
}

/// Where to listen: the command line, else the configuration, else this machine alone.
fn address(args: &ServeArgs, config: &Config) -> anyhow::Result<SocketAddr> {
    let host = args
        .host
        .as_ref()
        .or(config.host.as_ref())
        .map_or("127.0.0.1", String::as_str);
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    let ip: IpAddr = host
        .parse()
        .with_context(|| format!("--host \"{host}\" is no IP address; write 127.0.0.1 or 0.0.0.0"))?;
    Ok(SocketAddr::new(ip, args.port.or(config.port).unwrap_or(8080)))
}

fn find_sources(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let found = sources::find(paths)?;
    for warning in &found.warnings {
        tracing::warn!("{}: {}", warning.path.display(), warning.reason);
    }
    Ok(found.sources)
}

fn plan(
    args: &ServeArgs,
    config: &Config,
    host: IpAddr,
    (paths, remotes): (Vec<PathBuf>, Remotes),
    bases: PathBuf,
) -> anyhow::Result<Plan> {
    let text = args.memory.as_ref().or(config.memory.as_ref());
    let budget = text.map_or_else(
        || Ok(memory::default_budget()),
        |t| memory::parse(t).context("--memory"),
    )?;
    let load_memory = args
        .load_memory
        .as_deref()
        .map(|t| memory::parse(t).context("--load-memory"))
        .transpose()?;
    Ok(Plan {
        paths,
        remotes,
        bases,
        budget,
        load_memory,
        load_time: args.load_timeout.map(Duration::from_secs),
        watch: args.watch.or(config.watch).unwrap_or(false),
        audience: Audience {
            host,
            public: args.public.clone(),
        },
        stopping: Arc::default(),
    })
}

/// The versions that are kept, as the command line says, else the configuration.
fn versions(args: &ServeArgs, config: &Config, state: &State) -> anyhow::Result<(Versions, Receiver<Task>)> {
    let keep = args.versions.or(config.versions).unwrap_or(KEPT);
    anyhow::ensure!(
        keep <= MOST_KEPT,
        "--versions {keep} is too many; keep {MOST_KEPT} at most"
    );
    let shelf = state.versions().map(Shelf::new).ok_or(Unkept::NoState);
    Ok(match shelf {
        Ok(shelf) if keep == 0 => {
            shelf.clear();
            Versions::new(Err(Unkept::Off), 0)
        }
        shelf => Versions::new(shelf, keep),
    })
}

fn settings(args: &ServeArgs, config: &Config) -> anyhow::Result<Settings> {
    let public_url = args.public_url.as_ref().or(config.public_url.as_ref());
    let proxies = args.trust_proxy.as_ref().or(config.trust_proxy.as_ref());
    Ok(Settings {
        title: config.title.clone().unwrap_or_else(|| Label::same("Terril")),
        public_url: public_url.map(|url| http::public_url::parse(url)).transpose()?,
        proxies: Proxies::parse(proxies.map_or("", String::as_str)).context("--trust-proxy is wrong")?,
        administrator: args.admin_token.as_deref().map(Token::new).transpose()?,
        base_map: config.base_map.clone(),
        actors: config.actors.clone(),
    })
}

/// The address as a browser on this machine takes it.
fn shown(bound: SocketAddr) -> SocketAddr {
    let mut shown = bound;
    if shown.ip().is_unspecified() {
        shown.set_ip(IpAddr::from([127, 0, 0, 1]));
    }
    shown
}
