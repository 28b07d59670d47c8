//! Imports: a stream of chunks in, a report out.

use api::registry as pb;
use pb::import_address_file_request::Part;
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{network, translate};
use crate::app::{ImportAddressFile, Registry, RegistryError, StagedFile, Then};
use crate::domain::address_file::{Charset, Format};
use crate::domain::import::ImportMode;

pub(super) async fn import_address_file(
    registry: &Registry,
    mut request: Request<Streaming<pb::ImportAddressFileRequest>>,
) -> Result<Response<pb::ImportAddressFileResponse>, Status> {
    let Some(Part::Header(header)) = request
        .get_mut()
        .message()
        .await?
        .and_then(|message| message.part)
    else {
        return Err(to_status(RegistryError::invalid(
            "header",
            "",
            "the header comes first",
        )));
    };
    let command = command(&request, &header)?;
    let staged = receive(registry, request.into_inner()).await?;
    let imported = registry
        .import_address_file(command, staged)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::ImportAddressFileResponse {
        report: Some(translate::report(imported.report)),
        rejected_file: imported.rejected_file,
    }))
}

pub(super) async fn list_imports(
    registry: &Registry,
    request: Request<pb::ListImportsRequest>,
) -> Result<Response<pb::ListImportsResponse>, Status> {
    let network = network(&request, &request.get_ref().network)?;
    let page = translate::page_request(request.into_inner().page);
    let page = registry
        .list_imports(&network, &page)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::ListImportsResponse {
        imports: page.rows.into_iter().map(translate::report).collect(),
        next_page_token: page.next,
    }))
}

pub(super) async fn get_import(
    registry: &Registry,
    request: Request<pb::GetImportRequest>,
) -> Result<Response<pb::GetImportResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let caller = caller_of(&request)?;
    let report = registry
        .get_import(caller, &network, id)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::GetImportResponse {
        report: Some(translate::report(report)),
    }))
}

pub(super) fn import_id(text: &str) -> Result<Uuid, Status> {
    let rule = "an import id is a uuid";
    Uuid::parse_str(text).map_err(|_| to_status(RegistryError::invalid("import_id", "", rule)))
}

fn command<T>(
    request: &Request<T>,
    header: &pb::ImportHeader,
) -> Result<ImportAddressFile, Status> {
    let network = network(request, &header.network)?;
    let mode = match header.mode() {
        pb::ImportMode::Full => ImportMode::Full,
        pb::ImportMode::Delta => ImportMode::Delta,
        pb::ImportMode::Unspecified => {
            return Err(to_status(RegistryError::invalid(
                "header.mode",
                "",
                "an import is full or delta",
            )));
        }
    };
    let charset = match header.charset.as_str() {
        "" => None,
        name => Some(Charset::named(name).ok_or_else(|| {
            let rule =
                "a character set is utf-8, iso-8859-1 or windows-1252; empty means recognise";
            to_status(RegistryError::invalid("header.charset", name, rule))
        })?),
    };
    let format = match header.format.as_str() {
        "" | "auto" => None,
        name => Some(Format::named(name).ok_or_else(|| {
            let rule = "a format is mdb2, mdb1, pi-api or on-api; empty means recognise";
            to_status(RegistryError::invalid("header.format", name, rule))
        })?),
    };
    let then = match (header.dry_run, header.hold) {
        (true, _) => Then::Forget,
        (false, true) => Then::Hold,
        (false, false) => Then::Apply,
    };
    Ok(ImportAddressFile {
        network,
        mode,
        then,
        charset,
        format,
        confirmed_ending: header.confirmed_ending,
        session: None,
    })
}

async fn receive(
    registry: &Registry,
    mut stream: Streaming<pb::ImportAddressFileRequest>,
) -> Result<StagedFile, Status> {
    let mut staging = registry.stage().map_err(to_status)?;
    while let Some(message) = stream.message().await? {
        match message.part {
            Some(Part::Chunk(chunk)) => staging.write(&chunk).map_err(to_status)?,
            Some(Part::Header(_)) => {
                return Err(to_status(RegistryError::invalid(
                    "header",
                    "",
                    "the header comes exactly once",
                )));
            }
            None => {}
        }
    }
    Ok(staging.finish())
}
