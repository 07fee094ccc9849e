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
    /// The power to delete; only `reap` asks for it.
    let power: AWSPower
    /// Every endpoint is this very machine: nothing can reach the real AWS.
    let isLoopback: Bool
    /// Finds accounts and regions.
    let finding: AWSTargetFinding
    let meter: CallMeter
    /// How fast all of it asks.
    let pace: SharedPace
    private let whole: [AccountID: AWSClient]

    /// Puts it together; it asks nobody yet.
    ///
    /// `before`: counts on from what was called by it, at the same pace. `tell`: said where the rate is not shared with
    /// other processes.
    init(
        _ settings: Settings,
        variables: [String: String],
        after before: AWSWiring? = nil,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(Problem) {
        let environment: AWSEnvironment
        do { environment = try AWSEnvironment.read(variables) } catch {
            throw Problem(.configuration, error.description, advice: "")
        }
        let meter = before?.meter ?? CallMeter()
        let pace =
            before?.pace
            ?? SharedPace(
                PaceLimits(perSecond: settings.load.requestsPerSecond, burst: settings.load.burst),
                tell: tell
            )
        self.pace = pace
        // Eight targets at a time with four calls each: none waits because another one hangs.
        let transport = HTTPPool(width: 32)
        var reading: [AccountID: AWSClient] = [:]
        var whole: [AccountID: AWSClient] = [:]
        var power: [AccountID: AWSPower.Access] = [:]
        var entrances: [AccountID: AWSTargetFinding.Entrance] = [:]
        var loopback = !settings.accounts.isEmpty
        for account in settings.accounts {
            let profile = account.profile
            let endpoints =
                settings.awsEndpoint.map { Endpoints(all: $0.url) } ?? Endpoints(environment, profile: profile)
            loopback = loopback && endpoints.allLoopback
            let connection = AWSConnection(
                endpoints: endpoints,
                transport: transport,
                meter: meter,
                pace: pace.of(account.id)
            )
            // Regional STS, in a region the account is used in: its tokens are valid in all of them.
            let region = account.regions.first?.text ?? account.homeRegion(environment)
            let access = AccountAccess(
                account: account,
                environment: environment,
                sessions: RoleSessions(connection, region: region),
                connection: connection,
                readsCosts: settings.cost.isRead
            )
            whole[account.id] = access.whole
            reading[account.id] = access.reading
            power[account.id] = access.power
            entrances[account.id] = AWSTargetFinding.Entrance(client: access.reading, region: region)
        }
        self.whole = whole
        self.meter = meter
        if let organization = settings.organization, organization.account == nil {
            let endpoints =
                settings.awsEndpoint.map { Endpoints(all: $0.url) }
                ?? Endpoints(environment, profile: organization.profile)
            loopback = loopback && endpoints.allLoopback
            let connection = AWSConnection(endpoints: endpoints, transport: transport, meter: meter)
            let region = environment.region(profile: organization.profile) ?? "us-east-1"
            let chain = CredentialChain(
                environment,
                profile: organization.profile,
                roles: RoleSessions(connection, region: region)
            )
            let client = AWSClient(credentials: RefreshingCredentials(chain), connection: connection)
            finding = AWSTargetFinding(
                organization: AWSTargetFinding.Entrance(client: client, region: region),
                accounts: entrances
            )
        } else {
            finding = AWSTargetFinding(
                organization: settings.organization?.account.flatMap { entrances[$0] },
                accounts: entrances
            )
        }
        isLoopback = loopback
        self.power = AWSPower(power)
        provider = AWSProvider(clients: reading, meter: meter)
    }

    /// The power to make stacks; only `restore --apply` asks for it.
    var maker: AWSMaker { AWSMaker(clients: whole) }
}

/// How one account is reached: with all that its credentials can do, for reading only, and bounded to single stacks.
private struct AccountAccess: Sendable {
    private let role: RoleAssumption?
    private let chain: CredentialChain
    private let base: RefreshingCredentials
    private let sessions: RoleSessions
    private let connection: AWSConnection
    private let readsCosts: Bool

    init(
        account: AccountSettings,
        environment: AWSEnvironment,
        sessions: RoleSessions,
        connection: AWSConnection,
        readsCosts: Bool
    ) {
        if case .role(let arn, let externalID, _) = account.access {
            role = RoleAssumption(roleARN: arn, sessionName: "curfew-\(account.id)", externalID: externalID)
        } else {
            role = nil
        }
        chain = CredentialChain(environment, profile: account.profile, roles: sessions)
        base = RefreshingCredentials(chain)
        self.sessions = sessions
        self.connection = connection
        self.readsCosts = readsCosts
    }

    var whole: AWSClient {
        role.map { client(base.assuming($0, sessions: sessions)) } ?? client(base)
    }

    /// A role that the settings name is assumed for reading alone; a profile is used as somebody set it up.
    var reading: AWSClient {
        let policy = SessionPolicy.reading(costs: readsCosts)
        return role.map { client(base.assuming($0.bounded(by: policy), sessions: sessions)) } ?? client(base)
    }

    var power: AWSPower.Access {
        if let role {
            return .role { policy, name in
                client(base.assuming(role.bounded(by: policy, sessionName: name), sessions: sessions))
            }
        }
        guard chain.endsInRole else { return .whole(client(base)) }
        return .role { policy, name in
            client(RefreshingCredentials(chain.bounded(by: policy, sessionName: name)))
        }
    }

    private func client(_ credentials: any CredentialProvider) -> AWSClient {
        AWSClient(credentials: credentials, connection: connection)
    }
}

extension AccountSettings {
    /// Where to ask before a region of the account is known: its partition's own, which every account has.
    fileprivate func homeRegion(_ environment: AWSEnvironment) -> String {
        guard case .role(let arn, _, _) = access else { return environment.region(profile: profile) ?? "us-east-1" }
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        let partition = parts.count > 1 ? Partition(named: String(parts[1])) : nil
        return partition?.globalRegion ?? environment.region(profile: profile) ?? "us-east-1"
    }

    fileprivate var profile: String? {
        switch access {
        case .ambient: nil
        case .profile(let name): name
        case .role(_, _, let profile): profile
        }
    }
}
