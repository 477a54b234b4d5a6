#![allow(unused)]

