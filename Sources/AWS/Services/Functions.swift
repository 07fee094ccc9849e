/// A Lambda function, as far as its end depends on it.
package struct FunctionConfiguration: Sendable, Equatable {
    package let name: String
    /// Nil: it is in no VPC.
    package let vpcID: String?
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
