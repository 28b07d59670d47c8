use api::common::Address;
use api::registry::registry_service_server::RegistryService;
use api::registry::*;
use tonic::{Request, Response, Status, Streaming};

use super::Fakes;

pub fn address() -> Address {
    Address {
        street_name: "Kungsgatan".into(),
        street_number: "10".into(),
        street_littera: "G".into(),
        postal_code: "72134".into(),
        city: "Västerås".into(),
        country_code: "SE".into(),
        apartment_number: "1101".into(),
    }
}

fn place() -> Place {
    Place {
        handle: "h-1".into(),
        address: Some(address()),
        state: AccessState::Connected.into(),
        services: vec!["BB-100-100".into()],
    }
}

fn report(rejected: u64) -> ImportReport {
    ImportReport {
        import_id: "0192b3c4-0000-7000-8000-000000000001".into(),
        network: "HAM".into(),
        outcome: "applied".into(),
        rows: 3,
        added: 2,
        rejected,
        rejections: vec![RejectedRow {
            line: 3,
            field: "postalCode".into(),
            value: "7213".into(),
            rule: "five digits".into(),
            reason: RejectionReason::PostalCodeInvalid.into(),
            arguments: Vec::new(),
        }],
        charset: "utf-8".into(),
        delimiter: "tab".into(),
        ..ImportReport::default()
    }
}

#[tonic::async_trait]
impl RegistryService for Fakes {
    async fn import_address_file(
        &self,
        request: Request<Streaming<ImportAddressFileRequest>>,
    ) -> Result<Response<ImportAddressFileResponse>, Status> {
        self.note("ImportAddressFile", &request);
        let mut pieces = request.into_inner();
        let mut bytes = Vec::new();
        let mut headers = 0;
        while let Some(piece) = pieces.message().await? {
            match piece.part.unwrap() {
                import_address_file_request::Part::Header(header) => {
                    headers += 1;
                    assert_eq!(header.network, "HAM");
                }
                import_address_file_request::Part::Chunk(chunk) => bytes.extend(chunk),
            }
        }
        assert_eq!(headers, 1);
        self.seen().file = bytes;
        Ok(Response::new(ImportAddressFileResponse {
            report: Some(report(1)),
            rejected_file: b"line;why".to_vec(),
        }))
    }

    async fn list_imports(
        &self,
        request: Request<ListImportsRequest>,
    ) -> Result<Response<ListImportsResponse>, Status> {
        self.note("ListImports", &request);
        Ok(Response::new(ListImportsResponse {
            imports: vec![report(1)],
            next_page_token: String::new(),
        }))
    }

    async fn get_import(
        &self,
        _: Request<GetImportRequest>,
    ) -> Result<Response<GetImportResponse>, Status> {
        Err(Status::not_found("no such import"))
    }

    async fn search_places(
        &self,
        request: Request<SearchPlacesRequest>,
    ) -> Result<Response<SearchPlacesResponse>, Status> {
        self.note("SearchPlaces", &request);
        let places = if request.get_ref().query.starts_with("Kungs") {
            vec![place()]
        } else {
            Vec::new()
        };
        Ok(Response::new(SearchPlacesResponse { places }))
    }

    async fn get_place(
        &self,
        request: Request<GetPlaceRequest>,
    ) -> Result<Response<GetPlaceResponse>, Status> {
        match request.get_ref().handle.as_str() {
            "h-1" => Ok(Response::new(GetPlaceResponse {
                place: Some(place()),
            })),
            "boom" => Err(Status::internal("the secret is swordfish")),
            _ => Err(Status::not_found("no such place")),
        }
    }

    async fn resolve_place(
        &self,
        _: Request<ResolvePlaceRequest>,
    ) -> Result<Response<ResolvePlaceResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn get_access(
        &self,
        _: Request<GetAccessRequest>,
    ) -> Result<Response<GetAccessResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn list_accesses(
        &self,
        _: Request<ListAccessesRequest>,
    ) -> Result<Response<ListAccessesResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}
