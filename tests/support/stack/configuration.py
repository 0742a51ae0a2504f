# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration files of Keystone and Swift, as texts to be filled in."""

from __future__ import annotations

KEYSTONE = """\
[DEFAULT]
use_stderr = false
log_file = {folder}/logs/keystone.log
public_endpoint = {auth_root}
[database]
connection = sqlite:///{folder}/keystone/keystone.db
sqlite_synchronous = false
[token]
provider = fernet
expiration = {token_seconds}
allow_expired_window = 0
[fernet_tokens]
key_repository = {folder}/keystone/fernet-keys
[fernet_receipts]
key_repository = {folder}/keystone/fernet-keys
[credential]
key_repository = {folder}/keystone/credential-keys
[identity]
password_hash_rounds = 4
[auth]
methods = external,password,token,oauth1,mapped,application_credential,ec2credential,totp
[application_credential]
user_limit = -1
[cache]
enabled = true
# memory_pickle, not memory: Keystone changes objects it got from the cache
backend = dogpile.cache.memory_pickle
expiration_time = 600
[oslo_policy]
policy_file = {folder}/keystone/policy.yaml
"""

SWIFT = """\
[swift-hash]
swift_hash_path_prefix = stack
swift_hash_path_suffix = stack
[storage-policy:0]
name = gold
default = yes
[storage-policy:1]
name = silver
[swift-constraints]
max_header_size = 32768
max_file_size = {max_file_size}
"""

# error_suppression_interval 0: the only device must not be taken out for a minute by one error
_PROXY_APP = """\
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
node_timeout = 30
conn_timeout = 5
recheck_account_existence = 1
recheck_container_existence = 1
error_suppression_limit = 1000000
error_suppression_interval = 0
strict_cors_mode = true
"""

# One line per client request, quoted so that a blank separates the fields
ACCESS_LOG_LINE = (
    "{method} {path} {status_int} {wire_status_int} {bytes_recvd} {bytes_sent} {source} "
    "{transaction_id} {start_time} {end_time} {user_agent} {headers}"
)
ACCESS_LOG_HEADERS = "Range,If-Match,If-None-Match,X-Copy-From,Destination,Host,Accept-Encoding"

PIPELINE = (
    "catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk tempurl "
    "formpost {ratelimit}s3api authtoken s3token keystoneauth tempauth staticweb copy "
    "container-quotas account-quotas slo dlo versioned_writes symlink proxy-logging proxy-server"
)

_SERVICE_USER = """\
auth_type = password
auth_url = {auth_url}
username = swift
password = {service_password}
project_name = service
user_domain_id = default
project_domain_id = default
"""

PROXY = (
    """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
workers = 0
log_custom_handlers = {hooks}.log_handler
log_level = INFO
expose_info = true
cors_allow_origin = {cors}
strict_cors_mode = true
cors_expose_headers = etag,x-timestamp,x-trans-id,x-openstack-request-id,content-range,\
accept-ranges,content-length,last-modified

[pipeline:main]
pipeline = {pipeline}

"""
    + _PROXY_APP
    + """
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:proxy-logging]
paste.filter_factory = {hooks}:access_log_filter_factory
access_log_file = {access_log}
access_log_headers = true
access_log_headers_only = {access_log_headers}
log_msg_template = {access_log_line}
reveal_sensitive_prefix = 8
[filter:cache]
paste.filter_factory = {hooks}:cache_filter_factory
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:tempurl]
use = egg:swift#tempurl
[filter:formpost]
use = egg:swift#formpost
[filter:ratelimit]
use = egg:swift#ratelimit
account_ratelimit = 0
max_sleep_time_seconds = 0
container_ratelimit_0 = {ratelimit}
container_listing_ratelimit_0 = {ratelimit}
[filter:s3api]
use = egg:swift#s3api
location = {region}
dns_compliant_bucket_names = false
cors_preflight_allow_origin = {cors}
s3_acl = false
[filter:s3token]
use = egg:swift#s3token
auth_uri = {auth_url}
reseller_prefix = AUTH
delay_auth_decision = true
secret_cache_duration = 0
"""
    + _SERVICE_USER
    + """\
{s3token_tls}
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
www_authenticate_uri = {auth_url}
"""
    + _SERVICE_USER
    + """\
delay_auth_decision = true
service_token_roles_required = true
cache = swift.cache
token_cache_time = {token_cache_time}
log_level = WARNING
{authtoken_tls}
[filter:keystoneauth]
use = egg:swift#keystoneauth
reseller_prefix = AUTH
operator_roles = admin, member, swiftoperator
project_reader_roles = reader
reseller_admin_role = ResellerAdmin
[filter:tempauth]
use = egg:swift#tempauth
reseller_prefix = V1
token_life = {v1_token_seconds}
user_admin_admin = admin .admin .reseller_admin
user_test_tester = testing .admin
user_test_tester3 = testing3
user_test2_tester2 = testing2 .admin
storage_url_scheme = {scheme}
[filter:staticweb]
use = egg:swift#staticweb
[filter:copy]
use = egg:swift#copy
[filter:container-quotas]
use = egg:swift#container_quotas
[filter:account-quotas]
use = egg:swift#account_quotas
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
"""
)

STORAGE = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
devices = {folder}/srv
mount_check = false
workers = 0
disable_fallocate = true
fallocate_reserve = 0
db_preallocation = off
log_custom_handlers = {hooks}.log_handler
log_level = WARNING
container_update_timeout = 10
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
log_requests = false
[container-updater]
interval = 1
containers_per_second = 0
[object-updater]
interval = 300
[object-expirer]
interval = 1
[container-replicator]
[account-replicator]
[object-replicator]
"""

# Its proxy has the options of the real one: what /info tells is global to the process
EXPIRER = (
    """\
[DEFAULT]
swift_dir = {folder}
devices = {folder}/srv
mount_check = false
log_custom_handlers = {hooks}.log_handler
log_level = WARNING
[object-expirer]
interval = 1
reclaim_age = 604800
recon_cache_path = {folder}/recon
[pipeline:main]
pipeline = catch_errors cache proxy-server
"""
    + _PROXY_APP
    + """\
[filter:cache]
paste.filter_factory = {hooks}:cache_filter_factory
[filter:catch_errors]
use = egg:swift#catch_errors
"""
)
