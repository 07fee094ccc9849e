/// A Lambda function, as far as its end depends on it.
package struct FunctionConfiguration: Sendable, Equatable {
    package let name: String
    /// Nil: it is in no VPC.
    package let vpcID: String?
}

/// A Lambda function as the listing has it.
package struct ListedFunction: Sendable, Equatable {
    package let name: String
    /// Nil where AWS names none: functions from images, and those whose runtime their account made itself.
    package let runtime: String?
    package let isImage: Bool
}

/// What Curfew reads of Lambda.
package struct Functions: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// By name or ARN; nil where there is none.
    package func configuration(of function: String) async throws(AWSError) -> FunctionConfiguration? {
        let path = "/2015-03-31/functions/\(percentEncoded(function))/configuration"
        do {
            let answer: Answer = try await client.rest(
                .lambda,
                "GetFunctionConfiguration",
                region: region,
                path: path
            )
            return FunctionConfiguration(name: answer.FunctionName, vpcID: token(answer.VpcConfig?.VpcId))
        } catch {
            guard error.code == "ResourceNotFoundException", error.status == 404 else { throw error }
            return nil
        }
    }

    /// All functions of the region, all pages; AWS gives at most 50 on one.
    package func list() async throws(AWSError) -> [ListedFunction] {
        do {
            return try await allPages { (marker) throws(AWSError) in
                var query = [(name: "MaxItems", value: "50")]
                if let marker { query.append((name: "Marker", value: marker)) }
                let answer: Listing = try await client.rest(
                    .lambda,
                    "ListFunctions",
                    region: region,
                    path: "/2015-03-31/functions",
                    query: query
                )
                let functions = answer.Functions.map {
                    ListedFunction(
                        name: $0.FunctionName,
                        runtime: token($0.Runtime),
                        isImage: $0.PackageType == "Image"
                    )
                }
                return Page(items: functions, nextToken: token(answer.NextMarker))
            }
        } catch {
            throw error.on(.lambda, "ListFunctions", region: region)
        }
    }

    /// The other versions to which an alias sends a part of its invocations, by the alias' ARN; nil where there is none.
    package func divided(alias arn: String) async throws(AWSError) -> [String]? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 8, parts[2] == "lambda", parts[5] == "function" else {
            throw AWSError(.misconfigured, message: "'\(arn)' is no ARN of an alias")
                .on(.lambda, "GetAlias", region: region)
        }
        let path = "/2015-03-31/functions/\(percentEncoded(parts[6]))/aliases/\(percentEncoded(parts[7]))"
        do {
            let answer: Alias = try await client.rest(.lambda, "GetAlias", region: region, path: path)
            return (answer.RoutingConfig?.AdditionalVersionWeights ?? [:]).filter { $0.value > 0 }.keys.sorted()
        } catch {
            guard error.code == "ResourceNotFoundException", error.status == 404 else {
                throw error.on(.lambda, "GetAlias", region: region)
            }
            return nil
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Alias: Decodable {
        let AliasArn: String
        let RoutingConfig: Routing?

        struct Routing: Decodable {
            let AdditionalVersionWeights: [String: Double]?
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Listing: Decodable {
        let Functions: [Function]
        let NextMarker: String?

        struct Function: Decodable {
            let FunctionName: String
            let Runtime: String?
            let PackageType: String?
        }
    }

    // Names as they stand in the JSON.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Answer: Decodable {
        let FunctionName: String
        let VpcConfig: VPC?

        struct VPC: Decodable {
            let VpcId: String?
        }
    }
}
