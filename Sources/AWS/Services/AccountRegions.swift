/// Which regions are enabled for the account of the credentials.
package struct AccountRegions: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: any region of the partition that is enabled for the account.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Those that can be used now, sorted; an account without any is no answer.
    ///
    /// Account Management says it for the account; where that may not be or cannot be asked, EC2 says the same.
    package func enabled() async throws(AWSError) -> [String] {
        var regions: [String]
        do {
            regions = try await listed()
        } catch {
            // Not every partition has the service.
            guard error.isAccessDenied || error.kind == .unreachable else { throw error }
            let first = error
            do {
                regions = try await described()
            } catch {
                throw first
            }
        }
        guard !regions.isEmpty else { throw notUnderstood("no region is enabled") }
        return Set(regions).sorted()
    }

    private func listed() async throws(AWSError) -> [String] {
        do {
            return try await allPages { (token) throws(AWSError) in
                let answer: ListRegions.Answer = try await client.restPost(
                    .account,
                    "ListRegions",
                    region: region,
                    path: "/listRegions",
                    ListRegions.Question(NextToken: token)
                )
                // One that is being enabled cannot be used yet; one that is being disabled may fail at any moment.
                let usable = answer.Regions.filter { ["ENABLED", "ENABLED_BY_DEFAULT"].contains($0.RegionOptStatus) }
                return Page(items: usable.map(\.RegionName), nextToken: AWS.token(answer.NextToken))
            }
        } catch {
            throw error.on(.account, "ListRegions", region: region)
        }
    }

    /// Without `AllRegions` these are the enabled ones, all on one page.
    private func described() async throws(AWSError) -> [String] {
        let call = AWSCall(service: .ec2, operation: "DescribeRegions", region: region, content: .query([]))
        do {
            return try await client.call(call) { (response) throws(AWSError) in
                let root = try xml(response, root: "DescribeRegionsResponse")
                return try mapped(try root.promised("regionInfo", of: "item")) { (item) throws(AWSError) in
                    try item.required("regionName")
                }
            }
        } catch {
            throw error.on(.ec2, "DescribeRegions", region: region)
        }
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private enum ListRegions {
    struct Question: Encodable {
        let NextToken: String?
        var MaxResults = 50
    }

    struct Answer: Decodable {
        let Regions: [Region]
        let NextToken: String?
    }

    struct Region: Decodable {
        let RegionName: String
        let RegionOptStatus: String
    }
}
