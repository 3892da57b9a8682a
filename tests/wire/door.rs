//! A proxy in front of the sandbox. It writes down each request as it was on the wire, and does what a
//! server that speaks HTTP properly cannot: refuse connections, drip, send without end.
//!
//! Each connection carries one request, so that nothing depends on which idle connection is taken.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
    time::sleep,
};

use crate::{gate::Gate, novelties};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// With everything before the environment's id, without the query.
    pub(crate) full_path: String,
    pub(crate) query: String,
    /// Lower-case names, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

/// What the door does by itself with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// A byte now and then, for ever.
    Drip,
    /// A body whose length is not announced, without end.
    Endless,
    /// The server's answer, with words in it and fields that nobody knows yet.
    Novelties,
}

pub(crate) struct Door {
    address: SocketAddr,
    shared: Arc<Shared>,
    standing: Standing,
}

enum Standing {
    Open(JoinHandle<()>),
    /// The port is kept, so that nobody else gets it, and refuses connections.
    Shut(TcpSocket),
}

struct Shared {
    sandbox: String,
    recorded: Mutex<Vec<Recorded>>,
    /// Method and path of the requests concerned.
    mischief: Mutex<Option<(String, String, Mischief)>>,
    gate: Mutex<Option<Gate>>,
}

impl Door {
    /// A door in front of a server, such as `http://127.0.0.1:1234`.
    pub(crate) fn before(url: &str) -> Self {
        let sandbox = url.strip_prefix("http://").unwrap().to_owned();
        let (recorded, mischief, gate) = Default::default();
        let shared = Arc::new(Shared { sandbox, recorded, mischief, gate });
        let listener = reserve("127.0.0.1:0".parse().unwrap()).listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let standing = Standing::Open(tokio::spawn(accept(listener, Arc::clone(&shared))));
        Self { address, shared, standing }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/api/v0", self.address)
    }

    /// What was asked for, oldest first.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.shared.recorded.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.shared.recorded.lock().unwrap().clear();
    }

    /// From now on requests to this endpoint meet this; until `open`.
    pub(crate) fn set(&self, method: &str, path: &str, mischief: Mischief) {
        *self.shared.mischief.lock().unwrap() = Some((method.into(), path.into(), mischief));
    }

    /// From now on requests and answers pass a gate, as `POST refresh: request` and `POST refresh: answer`.
    pub(crate) fn pass_through(&self, gate: Gate) {
        *self.shared.gate.lock().unwrap() = Some(gate);
    }

    /// From now on connections are refused.
    pub(crate) async fn shut(&mut self) {
        if let Standing::Open(task) = &mut self.standing {
            task.abort();
            let _ = task.await;
            self.standing = Standing::Shut(reserve(self.address));
        }
    }

    /// Back to passing everything on.
    pub(crate) fn open(&mut self) {
        *self.shared.mischief.lock().unwrap() = None;
        if let Standing::Shut(_) = self.standing {
            let gone = std::mem::replace(&mut self.standing, Standing::Open(tokio::spawn(async {})));
            let Standing::Shut(socket) = gone else { unreachable!() };
            let listener = socket.listen(64).unwrap();
            self.standing = Standing::Open(tokio::spawn(accept(listener, Arc::clone(&self.shared))));
        }
    }
}

fn reserve(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(pass(stream, Arc::clone(&shared)));
    }
}

/// One request and its answer. A side that goes away takes the other with it.
async fn pass(mut client: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let (head, body) = read_request(&mut client).await?;
    let request = parse(&head, &body);
    let concerned = shared.mischief.lock().unwrap().clone();
    shared.recorded.lock().unwrap().push(request.clone());
    match concerned {
        Some((method, path, Mischief::Novelties)) if request.is(&method, &path) => {
            let (mut server, mut answer) = (pass_on(&shared.sandbox, &head, &body).await?, Vec::new());
            server.read_to_end(&mut answer).await.ok()?;
            client.write_all(&novelties::added(&answer)).await.ok()
        }
        Some((method, path, mischief)) if request.is(&method, &path) => misbehave(client, mischief).await,
        _ => {
            let gate = shared.gate.lock().unwrap().clone();
            if let Some(gate) = gate {
                return pass_gated(client, &shared.sandbox, &head, &body, &request, &gate).await;
            }
            let mut server = pass_on(&shared.sandbox, &head, &body).await?;
            copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
        }
    }
}

async fn pass_gated(
    mut client: TcpStream,
    sandbox: &str,
    head: &str,
    body: &[u8],
    request: &Recorded,
    gate: &Gate,
) -> Option<()> {
    let is_id = |segment: &&str| segment.len() == 36 && segment.contains('-');
    let path: Vec<_> = request.path().split('/').filter(|segment| !is_id(segment)).collect();
    let what = |part: &str| format!("{} {}: {part}", request.method, path.join("/"));
    gate.pass(&what("request")).await;
    let (mut server, mut answer) = (pass_on(sandbox, head, body).await?, Vec::new());
    server.read_to_end(&mut answer).await.ok()?;
    gate.pass(&what("answer")).await;
    client.write_all(&answer).await.ok()
}

async fn pass_on(server: &str, head: &str, body: &[u8]) -> Option<TcpStream> {
    let mut server = TcpStream::connect(server).await.ok()?;
    let (first, rest) = head.split_once("\r\n")?;
    let head = format!("{first}\r\nconnection: close\r\n{rest}");
    server.write_all(&[head.as_bytes(), body].concat()).await.ok()?;
    Some(server)
}

async fn misbehave(mut client: TcpStream, mischief: Mischief) -> Option<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    match mischief {
        Mischief::Drip => {
            client.write_all(format!("{head}content-length: 60000\r\n\r\n").as_bytes()).await.ok()?;
            loop {
                client.write_all(b" ").await.ok()?;
                sleep(Duration::from_millis(20)).await;
            }
        }
        Mischief::Endless => {
            client.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).await.ok()?;
            let chunk = format!("400\r\n{}\r\n", " ".repeat(0x400));
            loop {
                client.write_all(chunk.as_bytes()).await.ok()?;
            }
        }
        Mischief::Novelties => unreachable!("needs the server's answer"),
    }
}

pub(crate) async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        (stream.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8(bytes).unwrap();
    let announced =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    while body.len() < announced.unwrap_or(0) {
        (stream.read_buf(&mut body).await.ok()? > 0).then_some(())?;
    }
    Some((head, body))
}

pub(crate) fn parse(head: &str, body: &[u8]) -> Recorded {
    let mut lines = head.trim_end().lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap(), first.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    };
    Recorded {
        method: method.into(),
        full_path: path.into(),
        query: query.into(),
        headers: lines.map(header).collect(),
        body: serde_json::from_slice(body).ok(),
    }
}

impl Recorded {
    /// The path below the environment.
    pub(crate) fn path(&self) -> &str {
        let below = self.full_path.strip_prefix("/api/v0/sdk/").and_then(|rest| rest.split_once('/'));
        below.unwrap_or_else(|| panic!("a path outside of the environment: {}", self.full_path)).1
    }

    /// Whether this is a request to an endpoint, in whose path `{id}` stands for one segment.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && is_at(self.path(), path)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found =
            self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = found.next();
        assert_eq!(found.next(), None, "{name} is sent once");
        value
    }
}

/// Whether a path fits a template, in which `{id}` stands for one segment.
pub(crate) fn is_at(path: &str, template: &str) -> bool {
    let (template, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(expected, given): (&&str, &&str)| *expected == "{id}" || expected == given;
    template.len() == given.len() && template.iter().zip(&given).all(fits)
}
