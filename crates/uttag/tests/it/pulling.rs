//! `uttag import pull`: settings in the data folder, a system that serves a file, exit codes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use crate::uttag::{Served, run, text};

const FILE: &str = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType\n\
    TSTNET;T-1;Storgatan;1;72134;Västerås;OTHER\n";

/// Serves [`FILE`] to whoever brings the token, and says that it is unchanged to whoever has it; the port.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked: Vec<String> = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .map(|line| line.to_ascii_lowercase())
                .collect();
            let has = |line: &str| asked.iter().any(|asked| asked == line);
            let answer = if !has("authorization: bearer right") {
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_owned()
            } else if has("if-none-match: \"v1\"") {
                "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()
            } else {
                let length = FILE.len();
                format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {length}\r\n\r\n{FILE}")
            };
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn an_operator_fetches_now_and_sees_how_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let settings = format!(
        "[settings.pulls.TSTNET]\nurl = 'http://127.0.0.1:{}/f'\nmode = 'full'\nat = '02:15'\nbearer = ",
        serve()
    );
    let set = |token: &str| {
        let text = format!("{settings}'{token}'\n");
        std::fs::write(folder.path().join("registry.toml"), text).unwrap();
    };
    let pull = |more: &[&str]| {
        let mut arguments = vec!["import", "pull", "--data", data, "--network", "TSTNET"];
        arguments.extend(more);
        let output = run(&arguments);
        (output.status.code(), text(&output))
    };
    set("wrong");
    let served = Served::start(folder.path());
    let (code, said) = pull(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failed: credential_refused 401"), "{said}");
    assert!(!said.contains("wrong") && !said.contains("/f"), "{said}");
    assert!(served.stop(), "SIGTERM does not stop it in order");

    set("right");
    let served = Served::start(folder.path());
    let (code, said) = pull(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("imported") && said.contains("added 1"),
        "{said}"
    );
    let (code, said) = pull(&[]);
    assert!(code == Some(0) && said.contains("unchanged"), "{said}");
    let (code, said) = pull(&["--again"]);
    assert!(
        code == Some(0) && said.contains("nothing_changed"),
        "{said}"
    );
    let (code, said) = pull(&["--status"]);
    assert!(code == Some(0) && said.contains("planned 20"), "{said}");
    assert!(served.stop(), "SIGTERM does not stop it in order");

    std::fs::write(
        folder.path().join("registry.toml"),
        "[settings]\nnonsense = 1\n",
    )
    .unwrap();
    let refused = run(&["serve", "--data", data]);
    assert!(!refused.status.success());
    assert!(text(&refused).contains("nonsense"), "{}", text(&refused));
}
