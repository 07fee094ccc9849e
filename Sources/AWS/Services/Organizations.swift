/// An account as AWS Organizations lists it.
package struct MemberAccount: Sendable, Equatable {
    package let id: String
    package let name: String
    /// `ACTIVE`, `PENDING_ACTIVATION`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`; `UNKNOWN` where AWS does not say.
    package let state: String
    /// Of its ARN.
    package let partition: String
    /// The units above it, such as `ou-ab12-cd34ef56`, outermost first; nil where AWS does not say.
    package let units: [String]?
}

/// What Curfew reads of AWS Organizations, which is one service for the whole partition.
package struct Organizations: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: any region of the partition.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// All accounts, all pages; only the management account and delegated administrators may ask.
    ///
    /// A page may be empty and name a next one all the same.
    package func accounts() async throws(AWSError) -> [MemberAccount] {
        do {
            return try await allPages { (token) throws(AWSError) in
                let question = ListAccounts.Question(NextToken: token)
                let answer: ListAccounts.Answer = try await client.json(
                    .organizations,
                    "ListAccounts",
                    region: region,
                    question
                )
                var accounts: [MemberAccount] = []
                for account in answer.Accounts { accounts.append(try MemberAccount(account)) }
                return Page(items: accounts, nextToken: AWS.token(answer.NextToken))
            }
        } catch {
            throw error.on(.organizations, "ListAccounts", region: region)
        }
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private enum ListAccounts {
    struct Question: Encodable {
        let NextToken: String?
        /// The most that AWS gives on one page.
        var MaxResults = 20
    }

    struct Answer: Decodable {
        let Accounts: [Account]
        let NextToken: String?
    }

    struct Account: Decodable {
        let Id: String
        let Arn: String?
        let Name: String?
        let State: String?
        /// What State was called until 9 September 2026.
        let Status: String?
        let Paths: [String]?
    }
}

extension MemberAccount {
    fileprivate init(_ account: ListAccounts.Account) throws(AWSError) {
        guard account.Id.count == 12, account.Id.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            throw notUnderstood("an account's id is not twelve digits")
        }
        let arn = account.Arn.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
        self.init(
            id: account.Id,
            name: account.Name ?? "",
            state: token(account.State) ?? token(account.Status) ?? "UNKNOWN",
            partition: arn.count > 1 ? String(arn[1]) : Partition.standard.name,
            units: account.Paths.map { paths in
                paths.flatMap { $0.split(separator: "/") }.filter { $0.hasPrefix("ou-") || $0.hasPrefix("r-") }
                    .map(String.init)
            }
        )
    }
}
