import AWS
import Core
import Curl
import Foundation
import Operations
import Providers
import Settings

/// The provider side, put together from settings and surroundings.
struct AWSWiring: Sendable {
    let provider: AWSProvider
    let clients: [AccountID: AWSClient]
    /// Every endpoint is this very machine: nothing can reach the real AWS.
    let isLoopback: Bool

    init(_ settings: Settings, variables: [String: String]) throws(Problem) {
        let environment: AWSEnvironment
        do { environment = try AWSEnvironment.read(variables) } catch {
            throw Problem(.configuration, error.description, advice: "")
        }
        let meter = CallMeter()
        let transport = HTTPPool(width: 8)
        var clients: [AccountID: AWSClient] = [:]
        var loopback = !settings.accounts.isEmpty
        for account in settings.accounts {
            let profile = account.profile
            let endpoints =
                settings.awsEndpoint.map { Endpoints(all: $0.url) } ?? Endpoints(environment, profile: profile)
            loopback = loopback && endpoints.allLoopback
            let connection = AWSConnection(endpoints: endpoints, transport: transport, meter: meter)
            // Regional STS, in a region the account is used in: its tokens are valid in all of them.
            let region = account.regions.first?.text ?? environment.region(profile: profile) ?? "us-east-1"
            let sessions = RoleSessions(connection, region: region)
            let chain = RefreshingCredentials(CredentialChain(environment, profile: profile, roles: sessions))
            if case .role(let arn, let externalID, _) = account.access {
                let role = RoleAssumption(roleARN: arn, sessionName: "curfew-\(account.id)", externalID: externalID)
                clients[account.id] = AWSClient(
                    credentials: chain.assuming(role, sessions: sessions),
                    connection: connection
                )
            } else {
                clients[account.id] = AWSClient(credentials: chain, connection: connection)
            }
        }
        self.clients = clients
        isLoopback = loopback
        provider = AWSProvider(clients: clients, meter: meter)
    }

    /// The one power that destroys; only `reap` asks for it.
    var deleter: AWSDeleter { AWSDeleter(clients: clients) }
}

extension AccountSettings {
    fileprivate var profile: String? {
        switch access {
        case .ambient: nil
        case .profile(let name): name
        case .role(_, _, let profile): profile
        }
    }
}
