import Testing

@testable import AWS

@Suite struct EndpointTests {
    @Test(arguments: [
        (AWSService.cloudformation, "eu-central-1", "cloudformation.eu-central-1.amazonaws.com", "eu-central-1"),
        (.sts, "eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1"),
        (.ecr, "us-east-2", "api.ecr.us-east-2.amazonaws.com", "us-east-2"),
        (.s3, "us-east-1", "s3.us-east-1.amazonaws.com", "us-east-1"),
        (.iam, "eu-central-1", "iam.amazonaws.com", "us-east-1"),
        (.cloudformation, "cn-northwest-1", "cloudformation.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        (.iam, "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (.iam, "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        (.sts, "us-gov-east-1", "sts.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
        (.cloudformation, "eusc-de-east-1", "cloudformation.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        (.iam, "us-iso-west-1", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        (.iam, "us-isob-east-1", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        (.iam, "us-isof-east-1", "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        (.sts, "mx-central-1", "sts.mx-central-1.amazonaws.com", "mx-central-1"),
        (.logs, "eu-west-1", "logs.eu-west-1.amazonaws.com", "eu-west-1"),
        (.cloudwatch, "eu-west-1", "monitoring.eu-west-1.amazonaws.com", "eu-west-1"),
        (.cognito, "eu-west-1", "cognito-idp.eu-west-1.amazonaws.com", "eu-west-1"),
        (.efs, "eu-west-1", "elasticfilesystem.eu-west-1.amazonaws.com", "eu-west-1"),
        (.elb, "cn-north-1", "elasticloadbalancing.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (.organizations, "eu-central-1", "organizations.us-east-1.amazonaws.com", "us-east-1"),
        (.organizations, "cn-north-1", "organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        (.organizations, "us-gov-east-1", "organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        (.organizations, "us-iso-west-1", "organizations.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        (.account, "eu-central-1", "account.us-east-1.amazonaws.com", "us-east-1"),
        (.costs, "eu-central-1", "ce.us-east-1.amazonaws.com", "us-east-1"),
        (.costs, "cn-north-1", "ce.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        (.costs, "us-iso-west-1", "ce.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        (.account, "cn-north-1", "account.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
    ])
    func `AWS's own hosts`(service: AWSService, region: String, host: String, signingRegion: String) throws {
        let endpoint = try Endpoints().endpoint(for: service, region: region)
        #expect(endpoint.authority == host)
        #expect(endpoint.scheme == "https")
        #expect(endpoint.signingRegion == signingRegion)
        #expect(!endpoint.isOverride && !endpoint.isLoopback)
    }

    @Test(arguments: ["", "eu-west-1.evil.example/", "EU-WEST-1", "eu west", "-eu", "eu.west"])
    func `a region that would change the host is refused`(region: String) {
        #expect(throws: AWSError.self) { try Endpoints().endpoint(for: .sts, region: region) }
    }

    @Test func `the service's own variable wins over the general one, and both over the profile`() throws {
        let config = """
            [default]
            endpoint_url = http://127.0.0.1:1
            services = local
            [services local]
            s3 =
              endpoint_url = http://127.0.0.1:2
            """
        func authority(_ service: AWSService, _ variables: [String: String]) throws -> String {
            let endpoints = Endpoints(AWSEnvironment(variables: variables, config: config))
            return try endpoints.endpoint(for: service, region: "eu-west-1").authority
        }
        #expect(try authority(.sts, [:]) == "127.0.0.1:1")
        #expect(try authority(.s3, [:]) == "127.0.0.1:2")
        #expect(try authority(.s3, ["AWS_ENDPOINT_URL": "http://127.0.0.1:3"]) == "127.0.0.1:3")
        let both = ["AWS_ENDPOINT_URL": "http://127.0.0.1:3", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4/"]
        #expect(try authority(.s3, both) == "127.0.0.1:4")
        #expect(try authority(.iam, both) == "127.0.0.1:3")
        let tagging = ["AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API": "http://127.0.0.1:5"]
        #expect(try authority(.tagging, tagging) == "127.0.0.1:5")
        let ignored = both.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try authority(.s3, ignored) == "s3.eu-west-1.amazonaws.com")
    }

    @Test(arguments: [
        "localhost:4566", "ftp://127.0.0.1", "http://", "http://a b", "http://127.0.0.1?x", "http://127.0.0.1@evil.com",
    ])
    func `an override that is no URL is an error, never the real AWS`(url: String) {
        #expect(throws: AWSError.self) { try Endpoints(all: url).endpoint(for: .cloudformation, region: "eu-west-1") }
        #expect(!Endpoints(all: url).allLoopback)
    }

    @Test(arguments: [
        ("http://127.0.0.1:4566", true), ("http://localhost:4566/", true), ("https://[::1]", true),
        ("http://127.0.0.1.example.com", false), ("https://vpce-1.sts.eu-west-1.vpce.amazonaws.com", false),
    ])
    func `an endpoint knows whether it is this machine`(url: String, expected: Bool) throws {
        let endpoints = Endpoints(all: url)
        #expect(try endpoints.endpoint(for: .cloudformation, region: "eu-west-1").isLoopback == expected)
        #expect(endpoints.allLoopback == expected)
    }

    @Test func `one service that is not overridden is enough to reach the real AWS`() {
        let variables = ["AWS_ENDPOINT_URL_CLOUDFORMATION": "http://127.0.0.1:1"]
        #expect(!Endpoints(AWSEnvironment(variables: variables)).allLoopback)
        #expect(!Endpoints().allLoopback)
    }

    @Test func `buckets are addressed by path behind an override or with a dot, by host otherwise`() throws {
        func url(_ bucket: String, _ endpoints: Endpoints) throws -> String {
            let call = AWSCall(
                service: .s3,
                operation: "ListObjectVersions",
                region: "eu-west-1",
                content: .bucket(bucket, query: [("versions", ""), ("max-keys", "1")])
            )
            return call.request(at: try endpoints.endpoint(for: .s3, region: "eu-west-1")).url
        }
        let tail = "?max-keys=1&versions="
        #expect(try url("things", Endpoints()) == "https://things.s3.eu-west-1.amazonaws.com/\(tail)")
        #expect(try url("my.things", Endpoints()) == "https://s3.eu-west-1.amazonaws.com/my.things\(tail)")
        #expect(try url("things", Endpoints(all: "http://127.0.0.1:9")) == "http://127.0.0.1:9/things\(tail)")
    }
}
