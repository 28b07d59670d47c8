use api::common::Address;
use api::registry::registry_service_server::RegistryService;
use api::registry::*;
use kernel::Violation;
use service_kit::error::to_status;
use tonic::{Request, Response, Status, Streaming};

use super::Fakes;
use super::contracts::Broken;

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

pub const IMPORT: &str = "0192b3c4-0000-7000-8000-000000000001";
pub const HELD: &str = "0192b3c4-0000-7000-8000-000000000002";
pub const REFUSED: &str = "0192b3c4-0000-7000-8000-000000000009";
pub const INTERRUPTED: &str = "0192b3c4-0000-7000-8000-000000000003";

fn place() -> Place {
    Place {
        handle: "h-1".into(),
        address: Some(address()),
        state: AccessState::Connected.into(),
        services: vec!["BB-100-100".into()],
        distinguisher: String::new(),
    }
}

/// A flat without a number.
fn flat() -> Place {
    let address = api::common::Address {
        apartment_number: String::new(),
        ..address()
    };
    Place {
        handle: "h-2".into(),
        address: Some(address),
        distinguisher: "2 tr <vä>".into(),
        ..place()
    }
}

fn access() -> Access {
    Access {
        access_id: "A-1".into(),
        address: Some(address()),
        state: AccessState::Connected.into(),
        premises_type: "RENTAL_APARTMENT".into(),
        version: "v1".into(),
        ..Access::default()
    }
}

fn report(rejected: u64) -> ImportReport {
    ImportReport {
        import_id: IMPORT.into(),
        network: "HAM".into(),
        outcome: "applied".into(),
        rows: 3,
        added: 2,
        rejected,
        rejected_left_out: rejected,
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

fn progress(
    report: ImportReport,
) -> tokio_stream::Iter<std::vec::IntoIter<Result<ImportProgress, Status>>> {
    let step = ImportProgress {
        step: "write".into(),
        ..ImportProgress::default()
    };
    let done = ImportProgress {
        step: "done".into(),
        report: Some(report),
        ..ImportProgress::default()
    };
    tokio_stream::iter(vec![Ok(step), Ok(done)])
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

    async fn preview_import(
        &self,
        request: Request<PreviewImportRequest>,
    ) -> Result<Response<PreviewImportResponse>, Status> {
        self.note("PreviewImport", &request);
        let report = ImportReport {
            import_id: HELD.into(),
            outcome: "held".into(),
            ended: 7,
            ..report(0)
        };
        let change = FieldChange {
            field: "street_number".into(),
            before: "10".into(),
            after: "12".into(),
        };
        Ok(Response::new(PreviewImportResponse {
            report: Some(report),
            samples: vec![AccessSample {
                kind: "changed".into(),
                access_id: "A-1".into(),
                address: "Kungsgatan 12, 72134 Västerås".into(),
                changes: vec![change],
            }],
            needs_confirmation: true,
        }))
    }

    type ApplyImportStream = tokio_stream::Iter<std::vec::IntoIter<Result<ImportProgress, Status>>>;

    async fn apply_import(
        &self,
        request: Request<ApplyImportRequest>,
    ) -> Result<Response<Self::ApplyImportStream>, Status> {
        self.note("ApplyImport", &request);
        if request.get_ref().confirmed_ending != 7 {
            return Err(Status::failed_precondition("too many would end"));
        }
        Ok(Response::new(progress(report(0))))
    }

    type UndoImportStream = Self::ApplyImportStream;

    async fn undo_import(
        &self,
        request: Request<UndoImportRequest>,
    ) -> Result<Response<Self::UndoImportStream>, Status> {
        self.note("UndoImport", &request);
        Ok(Response::new(progress(report(0))))
    }

    async fn drop_import(
        &self,
        request: Request<DropImportRequest>,
    ) -> Result<Response<DropImportResponse>, Status> {
        self.note("DropImport", &request);
        Ok(Response::new(DropImportResponse {
            report: Some(report(0)),
        }))
    }

    type StreamRejectedRowsStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<StreamRejectedRowsResponse, Status>>>;

    async fn stream_rejected_rows(
        &self,
        request: Request<StreamRejectedRowsRequest>,
    ) -> Result<Response<Self::StreamRejectedRowsStream>, Status> {
        self.note("StreamRejectedRows", &request);
        let chunks = [("line;", 1), ("why", 0)].map(|(text, left_out)| {
            Ok(StreamRejectedRowsResponse {
                chunk: text.as_bytes().to_vec(),
                left_out,
            })
        });
        Ok(Response::new(tokio_stream::iter(chunks.to_vec())))
    }

    async fn edit_access(
        &self,
        request: Request<EditAccessRequest>,
    ) -> Result<Response<EditAccessResponse>, Status> {
        self.note("EditAccess", &request);
        let user = service_kit::caller::caller_of(&request)?.id.clone();
        let asked = request.into_inner();
        if asked.version != "v1" {
            return Err(service_kit::error::refusal(
                service_kit::error::ErrorKind::Precondition,
                "ACCESS_CHANGED",
                "the access was changed since it was read",
            ));
        }
        if asked.resident_protected == Some(false) {
            let seen = self.seen();
            let mut all = seen.disclosures.iter().map(|(_, disclosure)| disclosure);
            let approved = DisclosureState::Approved;
            if !all.any(|d| d.requested_by == user && d.state() == approved) {
                let (kind, text) = (service_kit::error::ErrorKind::Denied, "not approved");
                return Err(service_kit::error::refusal(kind, "PROTECTED_MARK", text));
            }
        }
        self.seen().lifted = asked.resident_protected == Some(false);
        self.seen().edited.clone_from(&asked.access);
        Ok(Response::new(EditAccessResponse {
            access: asked.access,
        }))
    }

    async fn get_access_on(
        &self,
        _: Request<GetAccessOnRequest>,
    ) -> Result<Response<GetAccessOnResponse>, Status> {
        Err(Status::unimplemented(""))
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
        request: Request<GetImportRequest>,
    ) -> Result<Response<GetImportResponse>, Status> {
        let report = match request.get_ref().import_id.as_str() {
            IMPORT => report(1),
            HELD => ImportReport {
                import_id: HELD.into(),
                outcome: "held".into(),
                ..report(0)
            },
            REFUSED => ImportReport {
                import_id: REFUSED.into(),
                outcome: "refused".into(),
                refusal: "line 2 is not utf-8".into(),
                refusal_reason: RefusalReason::CharsetOther.into(),
                refusal_arguments: ["2", "utf-8", "cp850 (DOS)"].map(str::to_owned).to_vec(),
                remarked: 7,
                remarks: vec![RejectedRow {
                    line: 4,
                    field: "streetNumber".into(),
                    value: "12½".into(),
                    rule: "in English".into(),
                    reason: RejectionReason::StreetNumberUnsaid.into(),
                    arguments: Vec::new(),
                }],
                ..report(0)
            },
            INTERRUPTED => ImportReport {
                import_id: INTERRUPTED.into(),
                outcome: "interrupted".into(),
                ..ImportReport::default()
            },
            _ => return Err(Status::not_found("no such import")),
        };
        Ok(Response::new(GetImportResponse {
            report: Some(report),
        }))
    }

    async fn search_places(
        &self,
        request: Request<SearchPlacesRequest>,
    ) -> Result<Response<SearchPlacesResponse>, Status> {
        self.note("SearchPlaces", &request);
        if request.get_ref().query.len() < 2 {
            let broken = kernel::Violation::new("query", "", "a search is 2 to 80 characters");
            let wrong = super::forms::Wrong(vec![broken]);
            return Err(service_kit::error::to_status(wrong));
        }
        let places = if request.get_ref().query.starts_with("Kungs") {
            vec![place()]
        } else if request.get_ref().query.starts_with("Flat") {
            vec![flat()]
        } else {
            Vec::new()
        };
        let word = |typed: &str, part: &str, how: &str, typos| PlaceReason {
            typed: typed.into(),
            part: part.into(),
            how: how.into(),
            typos,
        };
        let words = if request.get_ref().query == "Kungsgtan v." {
            vec![
                word("kungsgtan", "street", "typos", 1),
                word("v", "city", "abbreviation", 0),
            ]
        } else {
            vec![word("kungsgatan", "street", "exact", 0)]
        };
        let reasons = vec![PlaceReasons { words }; places.len()];
        Ok(Response::new(SearchPlacesResponse { places, reasons }))
    }

    async fn match_address(
        &self,
        request: Request<MatchAddressRequest>,
    ) -> Result<Response<MatchAddressResponse>, Status> {
        self.note("MatchAddress", &request);
        let request = request.into_inner();
        let distinguisher = request.distinguisher;
        let given = request.address.unwrap_or_default();
        let none = MatchAddressResponse {
            result: "none".into(),
            missing: "street".into(),
            ..MatchAddressResponse::default()
        };
        let difference = AddressDifference {
            part: "street".into(),
            kind: "typos".into(),
            given: given.street_name.clone(),
            found: "Kungsgatan".into(),
            typos: 1,
        };
        Ok(Response::new(match given.street_name.as_str() {
            "" => {
                return Err(service_kit::error::refusal(
                    service_kit::error::ErrorKind::Invalid,
                    "INVALID",
                    "there is no street",
                ));
            }
            "Kungsgtan" => MatchAddressResponse {
                result: "probable".into(),
                candidates: vec![AddressCandidate {
                    place: Some(place()),
                    differences: vec![difference],
                }],
                missing: String::new(),
            },
            "Flat" => MatchAddressResponse {
                result: "probable".into(),
                candidates: vec![AddressCandidate {
                    place: Some(flat()),
                    differences: vec![AddressDifference {
                        part: "distinguisher".into(),
                        given: distinguisher,
                        ..difference
                    }],
                }],
                missing: String::new(),
            },
            _ => none,
        }))
    }

    async fn get_place(
        &self,
        request: Request<GetPlaceRequest>,
    ) -> Result<Response<GetPlaceResponse>, Status> {
        match request.get_ref().handle.as_str() {
            "h-1" => Ok(Response::new(GetPlaceResponse {
                place: Some(place()),
            })),
            "h-2" => Ok(Response::new(GetPlaceResponse {
                place: Some(flat()),
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
        request: Request<GetAccessRequest>,
    ) -> Result<Response<GetAccessResponse>, Status> {
        self.note("GetAccess", &request);
        let asked = request.into_inner();
        if asked.purpose.is_empty() {
            return Err(to_status(Broken(vec![Violation::new(
                "purpose",
                "",
                "must be stated",
            )])));
        }
        self.seen().purpose = asked.purpose;
        let protected = asked.access_id == "A-2";
        let name = |name: &str| if protected { "" } else { name }.to_owned();
        Ok(Response::new(GetAccessResponse {
            access: Some(Access {
                resident_name: name("Astrid Provsson"),
                property_owner: name("Provbolaget AB"),
                resident_protected: protected,
                ..access()
            }),
        }))
    }

    async fn list_accesses(
        &self,
        _: Request<ListAccessesRequest>,
    ) -> Result<Response<ListAccessesResponse>, Status> {
        Ok(Response::new(ListAccessesResponse {
            accesses: vec![access()],
            next_page_token: String::new(),
        }))
    }

    async fn find_residents(
        &self,
        request: Request<FindResidentsRequest>,
    ) -> Result<Response<FindResidentsResponse>, Status> {
        self.note("FindResidents", &request);
        let asked = request.into_inner();
        let accesses = if asked.name == "Astrid Provsson" {
            vec![access()]
        } else {
            Vec::new()
        };
        self.seen().purpose = asked.purpose;
        Ok(Response::new(FindResidentsResponse {
            more: !accesses.is_empty(),
            accesses,
        }))
    }

    async fn find_accesses_at(
        &self,
        request: Request<FindAccessesAtRequest>,
    ) -> Result<Response<FindAccessesAtResponse>, Status> {
        self.note("FindAccessesAt", &request);
        let asked = request.into_inner().address.unwrap();
        let at = |id: &str, standing: &str| AccessAt {
            access_id: id.to_owned(),
            address: Some(asked.clone()),
            standing: standing.to_owned(),
        };
        let accesses = match asked.street_name.as_str() {
            "Kungsgatan 10" => vec![at("A-1", "now"), at("A-7", "ended")],
            _ => Vec::new(),
        };
        Ok(Response::new(FindAccessesAtResponse {
            accesses,
            more: false,
        }))
    }
}
