//! One conversation of the SMTP server (RFC 5321), as much of it as a client of ours can say.

use std::sync::Arc;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::{Refusal, State};

/// A mail of a test is small; this bounds a client gone wild.
const MAIL_MAX_BYTES: usize = 10 * 1024 * 1024;

/// Speaks until the client leaves. An error is the client's leaving.
pub(crate) async fn serve(stream: TcpStream, state: Arc<State>) {
    let mut session = Session {
        stream: BufReader::new(stream),
        state,
        from: String::new(),
        to: Vec::new(),
    };
    drop(session.talk().await);
}

struct Session {
    stream: BufReader<TcpStream>,
    state: Arc<State>,
    from: String,
    to: Vec<String>,
}

enum Next {
    Go,
    Leave,
}

impl Session {
    async fn talk(&mut self) -> std::io::Result<()> {
        self.say("220 sink.example.se ESMTP").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Next::Leave = self.answer(line.trim_end()).await? {
                break;
            }
        }
        Ok(())
    }

    async fn answer(&mut self, line: &str) -> std::io::Result<Next> {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.say(
                    "250-sink.example.se\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760",
                )
                .await?;
            }
            "HELO" | "NOOP" => self.say("250 sink.example.se").await?,
            "RSET" => {
                self.reset();
                self.say("250 forgotten").await?;
            }
            "MAIL" => {
                self.from = address_in(line);
                self.say("250 sender noted").await?;
            }
            "RCPT" => self.recipient(address_in(line)).await?,
            "DATA" if self.to.is_empty() => self.say("503 no recipient").await?,
            "DATA" => return self.data().await,
            "QUIT" => {
                self.say("221 goodbye").await?;
                return Ok(Next::Leave);
            }
            _ => self.say("502 not spoken here").await?,
        }
        Ok(Next::Go)
    }

    async fn recipient(&mut self, recipient: String) -> std::io::Result<()> {
        match self.state.refusal_of(&recipient) {
            Some(Refusal::Temporary) => self.say("450 4.2.1 try again later").await,
            Some(Refusal::Permanent) => self.say("550 5.1.1 no such user").await,
            Some(Refusal::Silence) => {
                self.to.push(String::new());
                self.say("250 recipient noted").await
            }
            None => {
                self.to.push(recipient);
                self.say("250 recipient noted").await
            }
        }
    }

    async fn data(&mut self) -> std::io::Result<Next> {
        self.say("354 end with a dot on a line").await?;
        let mut raw = Vec::new();
        while let Some(line) = self.line().await? {
            if line == b".\r\n" || raw.len() > MAIL_MAX_BYTES {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if self.to.iter().any(String::is_empty) {
            return Ok(Next::Leave);
        }
        self.state.keep(
            std::mem::take(&mut self.from),
            std::mem::take(&mut self.to),
            raw,
        );
        self.say("250 kept").await?;
        Ok(Next::Go)
    }

    fn reset(&mut self) {
        self.from.clear();
        self.to.clear();
    }

    async fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.stream
            .get_mut()
            .write_all(format!("{text}\r\n").as_bytes())
            .await
    }

    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = self.stream.read_until(b'\n', &mut line).await?;
        Ok((read > 0).then_some(line))
    }
}

/// The address between angle brackets.
fn address_in(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::SmtpSink;

    async fn talk(sink: &SmtpSink, lines: &[&str]) -> Vec<String> {
        let mut stream = BufReader::new(TcpStream::connect(sink.address()).await.unwrap());
        let mut answers = Vec::new();
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        for line in lines {
            stream
                .get_mut()
                .write_all(format!("{line}\r\n").as_bytes())
                .await
                .unwrap();
            loop {
                answer.clear();
                stream.read_line(&mut answer).await.unwrap();
                if answer.get(3..4) != Some("-") {
                    break;
                }
            }
            answers.push(answer.get(..3).unwrap_or_default().to_owned());
        }
        answers
    }

    #[tokio::test]
    async fn keeps_a_mail_and_decodes_it() {
        let sink = SmtpSink::start().await.unwrap();
        let body = "Subject: =?utf-8?q?Hej_p=C3=A5_dig?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                    Content-Transfer-Encoding: quoted-printable\r\n\r\nF=C3=B6rsta raden\r\n..prick\r\n.";
        let answers = talk(
            &sink,
            &[
                "EHLO test",
                "MAIL FROM:<a@example.se>",
                "RCPT TO:<b@example.se>",
                "DATA",
                body,
                "QUIT",
            ],
        )
        .await;
        assert_eq!(answers, ["250", "250", "250", "354", "250", "221"]);
        let mails = sink.mails_to("B@example.se");
        assert_eq!(mails[0].subject, "Hej på dig");
        assert_eq!(
            mails[0].text.replace("\r\n", "\n"),
            "Första raden\n.prick\n"
        );
        assert_eq!(mails[0].from, "a@example.se");
    }

    #[tokio::test]
    async fn refuses_on_demand_and_then_no_more() {
        let sink = SmtpSink::start().await.unwrap();
        sink.refuse("b@example.se", Refusal::Temporary, 1);
        sink.refuse("c@example.se", Refusal::Permanent, 1);
        let lines = [
            "EHLO test",
            "MAIL FROM:<a@example.se>",
            "RCPT TO:<b@example.se>",
            "RCPT TO:<c@example.se>",
            "RCPT TO:<b@example.se>",
            "RSET",
            "DATA",
        ];
        assert_eq!(
            talk(&sink, &lines).await,
            ["250", "250", "450", "550", "250", "250", "503"]
        );
        assert!(sink.mails().is_empty());
    }
}
