//! A gate before the sandbox that can be shut: while it is, connections are refused.

use std::net::SocketAddr;

use stepup_core::{ClientConfig, StepUpClient};
use stepup_test_support::World;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Forwards connections while it is open.
pub(crate) struct Gate {
    /// Holds the port while nobody listens on it, so that no other program gets what is sent there.
    reservation: TcpSocket,
    sandbox: SocketAddr,
    forwarder: Option<JoinHandle<()>>,
}

impl Gate {
    /// Puts an open gate between the world's client, which is made anew, and its sandbox.
    pub(crate) fn before(world: &mut World) -> Self {
        let sandbox = world.sandbox.url().strip_prefix("http://").unwrap().parse().unwrap();
        let reservation = socket("127.0.0.1:0".parse().unwrap());
        let mut gate = Self { reservation, sandbox, forwarder: None };
        gate.open();
        world.client.shutdown();
        let base_url = Some(format!("http://{}/api/v0", gate.address()));
        let config = ClientConfig { base_url, ..world.config() };
        world.client = StepUpClient::with_clock(config, world.platform(), world.clock.shared()).unwrap();
        gate
    }

    pub(crate) fn open(&mut self) {
        let listener = socket(self.address()).listen(64).unwrap();
        self.forwarder = Some(tokio::spawn(forward(listener, self.sandbox)));
    }

    /// Refuses connections from now on, and ends those there are.
    pub(crate) async fn shut(&mut self) {
        let forwarder = self.forwarder.take().unwrap();
        forwarder.abort();
        assert!(forwarder.await.unwrap_err().is_cancelled());
    }

    fn address(&self) -> SocketAddr {
        self.reservation.local_addr().unwrap()
    }
}

fn socket(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn forward(listener: TcpListener, to: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((mut from, _)) = listener.accept().await {
        connections.spawn(async move {
            let mut to = TcpStream::connect(to).await?;
            copy_bidirectional(&mut from, &mut to).await
        });
    }
}
