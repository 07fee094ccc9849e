/// A deployment of CodeDeploy.
package struct Deployment: Sendable, Equatable {
    package let id: String
    package let application: String
    package let group: String
    package let status: String
}

/// What Curfew reads of CodeDeploy.
package struct Deployments: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Those of the region that have not ended.
    package func open() async throws(AWSError) -> [Deployment] {
        let statuses = ["Created", "Queued", "InProgress", "Baking", "Ready"]
        var rest: ArraySlice<String>
        do {
            rest = try await allPages { (token) throws(AWSError) in
                let question = List(includeOnlyStatuses: statuses, nextToken: token)
                let answer: Listing = try await client.json(.codedeploy, "ListDeployments", region: region, question)
                return Page(items: answer.deployments ?? [], nextToken: AWS.token(answer.nextToken))
            }[...]
        } catch {
            throw error.on(.codedeploy, "ListDeployments", region: region)
        }
        var deployments: [Deployment] = []
        while !rest.isEmpty {
            // AWS's limit for one question.
            let some = Array(rest.prefix(25))
            rest = rest.dropFirst(25)
            do {
                let question = ["deploymentIds": some]
                let answer: Details = try await client.json(
                    .codedeploy,
                    "BatchGetDeployments",
                    region: region,
                    question
                )
                deployments += answer.deploymentsInfo.filter { statuses.contains($0.status) }.map {
                    Deployment(
                        id: $0.deploymentId,
                        application: $0.applicationName,
                        group: $0.deploymentGroupName ?? "",
                        status: $0.status
                    )
                }
            } catch {
                throw error.on(.codedeploy, "BatchGetDeployments", region: region)
            }
        }
        return deployments
    }

    private struct List: Encodable {
        let includeOnlyStatuses: [String]
        let nextToken: String?
    }

    private struct Listing: Decodable {
        let deployments: [String]?
        let nextToken: String?
    }

    private struct Details: Decodable {
        let deploymentsInfo: [Info]

        struct Info: Decodable {
            let deploymentId: String
            let applicationName: String
            let deploymentGroupName: String?
            let status: String
        }
    }
}
