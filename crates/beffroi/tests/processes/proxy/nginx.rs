//! The real nginx with the example that we hand out, on ports of its own and with a certificate made for the occasion.

use crate::{
    people::{Person, Way},
    postgres,
    program::free_address,
};
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::CertificateDer,
    version::TLS13,
};
use std::{
    env, fs,
    io::Write,
    net::{IpAddr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const HOST: &str = "chat.example.org";
const EXAMPLE: &str = include_str!("../../../../../deploy/nginx/beffroi.conf");
/// Longer than nginx takes to start.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Nginx {
    process: Child,
    folder: TempDir,
    certificate: CertificateDer<'static>,
    pub address: SocketAddr,
}

/// None where nginx is not installed.
pub fn program() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").into_iter().flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    // Debian keeps it where only administrators look.
    let found = on_path.chain(["/usr/sbin".into()]).map(|folder| folder.join("nginx")).find(|file| file.is_file());
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "nginx is needed in CI (bin/setup)");
        // Past the capture of the test harness: people are to see what was not tried.
        let _unheard = std::io::stderr().write_all(b"skipped: nginx is not installed (bin/setup)\n");
    }
    found
}

impl Nginx {
    /// Our example before the server at `upstream`.
    pub fn before(upstream: SocketAddr) -> Option<Self> {
        let (plain, tls) = (free_address(), free_address());
        Self::start(tls, |folder| {
            let substitutes = [
                ("server 127.0.0.1:8080;", format!("server {upstream};")),
                ("listen 80;", format!("listen {plain};")),
                ("listen 443 ssl;", format!("listen {tls} ssl;")),
                ("/etc/letsencrypt/live/chat.example.org", folder.display().to_string()),
            ];
            substitutes.iter().fold(EXAMPLE.to_owned(), |example, (was, is)| {
                assert!(example.contains(was), "the example has no {was}");
                example.replace(was, is)
            })
        })
    }

    /// Somebody's other proxy before that one, which therefore sees the address `from`.
    pub fn before_nginx(inner: &Nginx, from: IpAddr) -> Option<Self> {
        let address = free_address();
        Self::start(address, |folder| {
            format!(
                "server {{ listen {address} ssl; ssl_protocols TLSv1.3; ssl_certificate {folder}/fullchain.pem;
                   ssl_certificate_key {folder}/privkey.pem;
                   location / {{
                     proxy_pass https://{}; proxy_ssl_protocols TLSv1.3; proxy_bind {from}; proxy_set_header Host {HOST};
                     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                   }} }}",
                inner.address,
                folder = folder.display()
            )
        })
    }

    fn start(address: SocketAddr, site: impl Fn(&Path) -> String) -> Option<Self> {
        let program = program()?;
        let folder = postgres::temporary_folder("beffroi-nginx-");
        let certificate = make_certificate(folder.path());
        fs::write(folder.path().join("site.conf"), site(folder.path())).expect("a file");
        fs::write(folder.path().join("nginx.conf"), around(folder.path())).expect("a file");
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
        command.arg("-e").arg(folder.path().join("error.log"));
        let process = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts");
        let mut nginx = Self { process, folder, certificate, address };
        nginx.await_opening();
        Some(nginx)
    }

    fn await_opening(&mut self) {
        let started = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let gone = self.process.try_wait().expect("its state").is_some();
            assert!(!gone && started.elapsed() < PATIENCE, "nginx did not open: {}", self.log());
            // A program of others says no word when it is open.
            sleep(Duration::from_millis(10));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    /// Somebody with a browser of today, who comes from this address of the machine.
    pub fn visitor(&self, from: &str) -> Person {
        self.visitor_who_forges(from, None)
    }

    pub fn visitor_who_forges(&self, from: &str, forged: Option<&'static str>) -> Person {
        let tls = self.tls(aws_lc_rs::default_provider(), &TLS13);
        let way = Way { host: HOST, tls, from: from.parse().expect("an address"), forged };
        Person::visitor_by(way, self.address)
    }

    /// What a client speaks: it trusts the one certificate that there is.
    pub fn tls(&self, provider: CryptoProvider, version: &'static SupportedProtocolVersion) -> Arc<ClientConfig> {
        let mut trusted = RootCertStore::empty();
        trusted.add(self.certificate.clone()).expect("a certificate");
        let builder = ClientConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&[version]).expect("suites of that version");
        Arc::new(builder.with_root_certificates(trusted).with_no_client_auth())
    }
}

impl Drop for Nginx {
    /// By SIGTERM, which reaches its workers as well.
    fn drop(&mut self) {
        crate::program::send_signal(&self.process, "TERM");
        let _status = self.process.wait();
    }
}

fn make_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
    fs::write(folder.join("fullchain.pem"), made.cert.pem()).expect("a file");
    fs::write(folder.join("privkey.pem"), made.signing_key.serialize_pem()).expect("a file");
    made.cert.der().clone()
}

/// What Debian's own nginx.conf has around a site, with everything in our folder.
fn around(folder: &Path) -> String {
    let user = if postgres::is_root() { "user root root;" } else { "" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {}/{what};\n", folder.display()))
        .concat();
    format!(
        "{user} daemon off; worker_processes 2; pid {folder}/pid; events {{ worker_connections 512; }}
         http {{ access_log off; {temporary} include {folder}/site.conf; }}",
        folder = folder.display()
    )
}
