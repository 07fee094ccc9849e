/// A REST API of API Gateway.
package struct RestAPI: Sendable, Equatable {
    package let id: String
    package let name: String
}

/// What Curfew reads of API Gateway's REST APIs.
package struct Gateways: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// All of the region, all pages; AWS gives at most 500 on one.
    package func apis() async throws(AWSError) -> [RestAPI] {
        do {
            return try await allPages { (position) throws(AWSError) in
                var query = [(name: "limit", value: "500")]
                if let position { query.append((name: "position", value: position)) }
                let answer: Listing = try await client.rest(
                    .apigateway,
                    "GetRestApis",
                    region: region,
                    path: "/restapis",
                    query: query
                )
                return Page(
                    items: (answer.item ?? []).map { RestAPI(id: $0.id, name: $0.name) },
                    nextToken: token(answer.position)
                )
            }
        } catch {
            throw error.on(.apigateway, "GetRestApis", region: region)
        }
    }

    /// Names of the stages that send requests to a canary; nil where there is no such API.
    package func canaryStages(of api: String) async throws(AWSError) -> [String]? {
        do {
            let path = "/restapis/\(percentEncoded(api))/stages"
            let answer: Stages = try await client.rest(.apigateway, "GetStages", region: region, path: path)
            // A canary that gets none of the requests is kept for the next time, and rolls nothing out.
            return (answer.item ?? []).filter { ($0.canarySettings?.percentTraffic ?? 0) > 0 }.map(\.stageName)
        } catch {
            guard error.code == "NotFoundException", error.status == 404 else {
                throw error.on(.apigateway, "GetStages", region: region)
            }
            return nil
        }
    }

    // API Gateway leaves out a list that is empty.
    private struct Listing: Decodable {
        let item: [API]?
        let position: String?

        struct API: Decodable {
            let id: String
            let name: String
        }
    }

    private struct Stages: Decodable {
        let item: [Stage]?

        struct Stage: Decodable {
            let stageName: String
            let canarySettings: Canary?
        }

        struct Canary: Decodable {
            let percentTraffic: Double?
        }
    }
}
