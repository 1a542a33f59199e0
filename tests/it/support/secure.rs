//! Somebody else's server that is told by https.

use std::sync::Arc;

use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::{authority::Own, receiver::Receiver};

/// A receiver behind TLS.
pub(crate) struct Secure {
    pub(crate) url: String,
    pub(crate) behind: Receiver,
    serving: JoinHandle<()>,
}

impl Drop for Secure {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Secure {
    /// One that shows this certificate.
    pub(crate) async fn start(own: Own) -> Self {
        let behind = Receiver::start().await;
        let host = behind
            .url
            .trim_start_matches("http://")
            .trim_end_matches("/hooks")
            .to_owned();
        let key = own.private();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![own.certificate], key)
            })
            .expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("https://{}/hooks", listener.local_addr().expect("an address"));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever trusts nobody who vouches for it goes away here.
                let Ok(mut secure) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut plain = TcpStream::connect(&host).await.expect("the receiver");
                let _ = copy_bidirectional(&mut secure, &mut plain).await;
            }
        });
        Self { url, behind, serving }
    }
}
